using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FaceVoice.Media.Audio;
using FaceVoice.Media.Audio.InProcess;
using FaceVoice.Media.Ffmpeg;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media;

/// <summary>Turns any audio, and the audio of any video, into mono 16 kHz float. Thread-safe; share one.</summary>
/// <remarks>
/// Channels are averaged unless that would lose something; the rate is changed by a linear-phase windowed-sinc filter without delay. WAV, and
/// short Opus and MP3, are read without starting FFmpeg; everything else goes through it, in a process of its own that may use only
/// what <see cref="MediaLimits"/> allows. Cancelling kills that process before the call returns. <c>docs/media.md</c> has the rules and limits.
/// </remarks>
/// <param name="limits">What a recording may ask for; read at each call.</param>
/// <param name="options">How audio is chosen; null for the defaults.</param>
public sealed class AudioDecoder(MediaLimits limits, AudioDecoderOptions? options = null)
{
    private readonly MediaLimits _limits = limits ?? throw new ArgumentNullException(nameof(limits));
    private readonly AudioDecoderOptions _options = options ?? new AudioDecoderOptions();

    /// <summary>Decodes audio in memory.</summary>
    /// <param name="media">A whole audio or video file.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>One audio track; never empty.</returns>
    /// <exception cref="UnsupportedMediaException">It is neither audio nor video, or in a codec that is not read.</exception>
    /// <exception cref="CorruptMediaException">It is damaged or empty; cut off, where that is refused.</exception>
    /// <exception cref="MediaLimitException">It is larger, longer or dearer than allowed.</exception>
    /// <exception cref="MissingStreamException">It has no audio, or not the track that was asked for.</exception>
    /// <exception cref="FfmpegUnavailableException">FFmpeg is needed and missing.</exception>
    public async Task<AudioClip> DecodeAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        LimitChecks.Bytes(media.Length, _limits.MaxBytes);
        var reader = await OpenAsync(media, _limits.MaxClipSeconds, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await CollectAsync(reader, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>One audio track; never empty.</returns>
    /// <inheritdoc cref="DecodeAsync" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async Task<AudioClip> DecodeFileAsync(string path, CancellationToken cancellationToken = default)
    {
        var reader = await OpenAsync(path, _limits.MaxClipSeconds, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await CollectAsync(reader, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Decodes a long file piece by piece, in order, in constant memory; FFmpeg is stopped when the caller stops reading.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <param name="chunkSeconds">Length of each piece but the last, in seconds, 0.1 or more.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The pieces; at least one. Each has the warnings that came up since the one before.</returns>
    /// <inheritdoc cref="DecodeAsync" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async IAsyncEnumerable<AudioChunk> ReadChunksAsync(
        string path, double chunkSeconds, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSeconds, 0.1);
        var reader = await OpenAsync(path, _limits.MaxSeconds, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var chunkSamples = (int)Math.Min(Math.Round(chunkSeconds * AudioClip.SampleRate), Array.MaxLength);
            var pending = new ArrayBufferWriter<float>(chunkSamples);
            var doubts = new AudioDoubts();
            long emitted = 0;
            await foreach (var block in MonoStream.ReadAsync(reader, _limits.MaxSeconds, _options.Strict, doubts, cancellationToken).ConfigureAwait(false))
            {
                for (var rest = block; rest.Length > 0;)
                {
                    // A full piece waits for more, so that what the end tells can go with the last one.
                    if (pending.WrittenCount == chunkSamples)
                    {
                        yield return Emit();
                    }

                    var taken = Math.Min(rest.Length, chunkSamples - pending.WrittenCount);
                    pending.Write(rest.Span[..taken]);
                    rest = rest[taken..];
                }
            }

            if (pending.WrittenCount == 0)
            {
                throw MonoStream.NoSamples();
            }

            yield return Emit();

            AudioChunk Emit()
            {
                var samples = pending.WrittenSpan.ToArray();
                DirectCurrent.Remove(samples);
                var chunk = new AudioChunk((double)emitted / AudioClip.SampleRate, new AudioClip(samples, reader.Source) { Warnings = [.. doubts.Warnings], HoldsTwoVoices = doubts.HoldsTwoVoices });
                emitted += samples.Length;
                pending.ResetWrittenCount();
                doubts.Warnings.Clear();
                return chunk;
            }
        }
    }

    private async Task<PcmReader> OpenAsync(ReadOnlyMemory<byte> media, double maxSeconds, CancellationToken cancellationToken)
    {
        var kind = MediaSignature.RequireRecording(media.Span[..Math.Min(media.Length, MediaSignature.HeadBytes)]);
        if (kind == MediaSignature.Wav)
        {
            var wav = await OpenWavAsync(new ReadOnlyMemoryStream(media), media.Length, owned: null, maxSeconds, cancellationToken).ConfigureAwait(false);
            if (wav is not null)
            {
                return wav;
            }
        }

        return (PcmReader?)TryInProcess(kind, media, maxSeconds, cancellationToken)
            ?? await OpenByFfmpegAsync(MediaInput.FromMemory(media, _limits), maxSeconds, cancellationToken).ConfigureAwait(false);
    }

    private async Task<PcmReader> OpenAsync(string path, double maxSeconds, CancellationToken cancellationToken)
    {
        var input = MediaInput.FromFile(path, _limits);
        try
        {
            if (input.Kind == MediaSignature.Wav
                && await OpenWavAsync(input.OpenStream(), input.Length, input, maxSeconds, cancellationToken).ConfigureAwait(false) is { } wav)
            {
                return wav;
            }

            if (InProcessDecoder.Serves(input.Kind, input.Length)
                && TryInProcess(input.Kind, input.ReadAllBytes(), maxSeconds, cancellationToken) is { } decoded)
            {
                input.Dispose();
                return decoded;
            }
        }
        catch
        {
            input.Dispose();
            throw;
        }

        return await OpenByFfmpegAsync(input, maxSeconds, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null if the samples are encoded in a way that FFmpeg must decode.</summary>
    private async Task<WavReader?> OpenWavAsync(Stream stream, long length, IDisposable? owned, double maxSeconds, CancellationToken cancellationToken)
    {
        var wav = await WavReader.TryOpenAsync(stream, length, _limits, owned, cancellationToken).ConfigureAwait(false);
        LimitChecks.Seconds(wav?.PresentSeconds ?? 0, maxSeconds);
        return wav is null || _options.Track is null or 1
            ? wav
            : throw new MissingStreamException(string.Create(CultureInfo.InvariantCulture, $"Audio track {_options.Track} was asked for; the WAV has 1."));
    }

    /// <summary>
    /// Null if FFmpeg is to decode it. Files with several audio tracks are its business, and so is saying that a track is not there.
    /// </summary>
    private DecodedAudio? TryInProcess(MediaKind kind, ReadOnlyMemory<byte> media, double maxSeconds, CancellationToken cancellationToken) =>
        _options.Track is null or 1 && InProcessDecoder.Serves(kind, media.Length)
            ? InProcessDecoder.TryDecode(media, kind, _limits, maxSeconds, cancellationToken)
            : null;

    private async Task<PcmReader> OpenByFfmpegAsync(MediaInput input, double maxSeconds, CancellationToken cancellationToken) =>
        await FfmpegAudio.OpenAsync(input, _limits, _options.Track - 1, maxSeconds, cancellationToken).ConfigureAwait(false);

    private async Task<AudioClip> CollectAsync(PcmReader reader, CancellationToken cancellationToken)
    {
        // The header is a hint only: a false one must not reserve memory that the data never fill.
        var samples = new ArrayBufferWriter<float>((int)(Math.Clamp(reader.PromisedSeconds ?? 0, 1, 60) * AudioClip.SampleRate) + 1);
        var doubts = new AudioDoubts();
        await foreach (var block in MonoStream.ReadAsync(reader, _limits.MaxClipSeconds, _options.Strict, doubts, cancellationToken).ConfigureAwait(false))
        {
            samples.Write(block.Span);
        }

        if (samples.WrittenCount == 0)
        {
            throw MonoStream.NoSamples();
        }

        DirectCurrent.Remove(MemoryMarshal.AsMemory(samples.WrittenMemory).Span);
        return new AudioClip(samples.WrittenMemory, reader.Source) { Warnings = doubts.Warnings, HoldsTwoVoices = doubts.HoldsTwoVoices };
    }
}
