using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using FaceVoice.Inference;
using FaceVoice.Inference.Matching;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Wire;
using SpeakerAgreement = FaceVoice.Inference.Voices.SpeakerAgreement;

namespace FaceVoice.Server.Services;

/// <summary>
/// Follows one live recording: collects samples, embeds each window as it fills. For one call at a time; memory is one window and one
/// chunk.
/// </summary>
internal sealed class LiveVoice
{
    private const int SampleRate = AudioClip.SampleRate;
    private const int MaxChunkBytes = 1024 * 1024;
    private const int MostCompared = 64; // windows that are kept, so that memory and time are bounded however long the call is

    private readonly IServedEngine _engine;
    private readonly IReadOnlyList<EmbeddingSpace> _spaces;
    private readonly bool _isFloat;
    private readonly float[] _window;
    private readonly int _hop;
    private readonly Dictionary<EmbeddingSpace, float[]> _sums = [];
    private readonly List<(float StartSeconds, float[] Vector)> _compared = [];
    private readonly byte[] _partial = new byte[4];
    private string? _disagreement;
    private int _partialBytes;
    private int _filled;
    private long _start;
    private int _windows;
    private int _windowsWithSpeech;
    private double _speechSeconds;
    private bool _hasNewSamples;

    public LiveVoice(IServedEngine engine, LiveAudioConfig config)
    {
        _engine = engine;
        _spaces = SampleWire.Spaces(config.Spaces, EmbeddingSpace.Speaker);
        _isFloat = config.Encoding switch
        {
            LiveAudioEncoding.Unspecified or LiveAudioEncoding.Pcm16 => false,
            LiveAudioEncoding.Float32 => true,
            _ => throw Refusal.InvalidArgument($"The encoding {(int)config.Encoding} is not known; 1 (PCM16) and 2 (float32) are."),
        };
        if (config.SampleRate is not (0 or SampleRate))
        {
            throw Refusal.InvalidArgument($"The sample rate is {config.SampleRate} Hz; {SampleRate} is needed.");
        }

        var seconds = config.WindowSeconds == 0 ? 3f : config.WindowSeconds;
        var hop = config.HopSeconds == 0 ? seconds : config.HopSeconds;
        if (!(seconds is >= 1 and <= 10) || !(hop >= 0.25f && hop <= seconds))
        {
            throw Refusal.InvalidArgument($"window_seconds is {seconds} and hop_seconds {hop}; 1 to 10, and 0.25 to window_seconds, are allowed.");
        }

        _window = new float[(int)MathF.Round(seconds * SampleRate)];
        _hop = (int)MathF.Round(hop * SampleRate);
    }

    /// <summary>Takes a chunk of any size; gives an answer for each window that it fills.</summary>
    public async IAsyncEnumerable<EmbedVoiceStreamResponse> PushAsync(ReadOnlyMemory<byte> chunk, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (chunk.Length > MaxChunkBytes)
        {
            throw Refusal.ResourceExhausted($"The chunk has {chunk.Length} bytes; at most {MaxChunkBytes} are taken at a time.", retryAfter: null);
        }

        while (!chunk.IsEmpty)
        {
            chunk = chunk[Fill(chunk.Span)..];
            if (_filled == _window.Length)
            {
                yield return await EmbedWindowAsync(cancellationToken);
                _window.AsSpan(_hop).CopyTo(_window);
                _filled -= _hop;
                _start += _hop;
                _hasNewSamples = false;
            }
        }
    }

    /// <summary>Ends the recording: what is left counts as a window if it is long enough, and the answer is over all windows.</summary>
    public async Task<EmbedVoiceStreamResponse> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_partialBytes > 0)
        {
            throw Refusal.InvalidArgument("The audio ends inside a sample.");
        }

        if (_hasNewSamples && _filled >= SampleRate / 2)
        {
            await EmbedWindowAsync(cancellationToken);
        }

        var response = new EmbedVoiceStreamResponse
        {
            Window = -1,
            EndSeconds = (_start + _filled) / (float)SampleRate,
            SpeechSeconds = (float)_speechSeconds,
            Speech = _windowsWithSpeech > 0,
            ModelId = _engine.Manifest.ModelId,
        };
        if (_disagreement is not null)
        {
            response.Warnings.Add(_disagreement);
        }

        foreach (var space in _windowsWithSpeech > 0 ? _spaces : [])
        {
            var mean = _sums[space];
            TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);
            response.Embeddings.Add(EmbeddingWire.ToWire(_engine.Manifest.ModelId, SpaceNames.ToWire(space), mean));
        }

        return response;
    }

    private async Task<EmbedVoiceStreamResponse> EmbedWindowAsync(CancellationToken cancellationToken)
    {
        var clip = new AudioClip(_window.AsMemory(0, _filled));
        var response = new EmbedVoiceStreamResponse
        {
            Window = _windows++,
            StartSeconds = _start / (float)SampleRate,
            EndSeconds = (_start + _filled) / (float)SampleRate,
            ModelId = _engine.Manifest.ModelId,
        };
        try
        {
            var voice = await SampleResolver.PatientlyAsync(() => _engine.EmbedVoiceAsync(clip, cancellationToken), cancellationToken);
            _windowsWithSpeech++;
            response.Speech = true;
            response.SpeechSeconds = (float)(voice.Quality?.SpeechSeconds ?? 0);
            response.Quality = voice.Quality is null ? null : SampleWire.Voice(voice.Quality, voice.Windows.Count);
            response.Warnings.AddRange(voice.Lacking.Union(voice.Warnings));
            response.Embeddings.AddRange(_spaces.Select(space => Take(voice.In(space))));
            Compare(response.StartSeconds, voice.Speaker.Vector);
        }
        catch (NoSpeechException e)
        {
            response.SpeechSeconds = (float)e.SpeechSeconds;
            response.Quality = new VoiceQuality { TotalSeconds = clip.Seconds, SpeechSeconds = e.SpeechSeconds };
        }

        // Overlapping windows count their speech once, by the share that is new.
        _speechSeconds += response.SpeechSeconds * (_windows == 1 ? 1.0 : (double)_hop / _window.Length);
        return response;
    }

    /// <summary>Whether windows of one call are of one person: the first disagreement is kept, and told at the end.</summary>
    private void Compare(float startSeconds, ReadOnlyMemory<float> vector)
    {
        if (_disagreement is not null)
        {
            return;
        }

        var compared = _compared.Append((StartSeconds: startSeconds, Vector: vector.ToArray())).ToList();
        _disagreement = SpeakerAgreement.Doubt(
            [.. compared.Select(window => window.Vector)],
            i => string.Create(CultureInfo.InvariantCulture, $"{compared[i].StartSeconds:F1} s"),
            new EvidenceOptions().MinWindowCosine);
        if (_compared.Count < MostCompared)
        {
            _compared.Add(compared[^1]);
        }
    }

    private Protocol.V1.Embedding Take(Models.Embedding embedding)
    {
        if (!_sums.TryGetValue(embedding.Space, out var sum))
        {
            _sums[embedding.Space] = sum = new float[embedding.Dimension];
        }

        TensorPrimitives.Add(sum, embedding.Vector.Span, sum);
        return EmbeddingWire.ToWire(embedding);
    }

    /// <returns>The number of bytes taken: all, or as many as fill the window.</returns>
    private int Fill(ReadOnlySpan<byte> bytes)
    {
        var width = _isFloat ? 4 : 2;
        var taken = 0;
        while (taken < bytes.Length && _filled < _window.Length)
        {
            if (_partialBytes == 0 && bytes.Length - taken >= width)
            {
                Append(bytes.Slice(taken, width));
                taken += width;
            }
            else
            {
                _partial[_partialBytes++] = bytes[taken++];
                if (_partialBytes == width)
                {
                    _partialBytes = 0;
                    Append(_partial.AsSpan(0, width));
                }
            }
        }

        return taken;
    }

    private void Append(ReadOnlySpan<byte> sample)
    {
        var value = _isFloat ? BinaryPrimitives.ReadSingleLittleEndian(sample) : BinaryPrimitives.ReadInt16LittleEndian(sample) / 32768f;
        _window[_filled++] = float.IsFinite(value) ? Math.Clamp(value, -1, 1) : throw Refusal.InvalidArgument("The audio holds a number that is not finite.");
        _hasNewSamples = true;
    }
}
