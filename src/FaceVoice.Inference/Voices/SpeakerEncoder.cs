using System.Buffers;
using System.Runtime.InteropServices;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>
/// Turns a stretch of speech into an embedding of unit length (x-vector or ECAPA). Thread-safe; one session shared by all callers.
/// </summary>
/// <remarks>
/// The model's inputs are <c>waveform</c> <c>[batch, samples]</c> float32, mono 16 kHz in [-1, 1], and <c>lengths</c> <c>[batch]</c> int64,
/// the valid samples of each row; its output is <c>embedding</c> <c>[batch, D]</c>. Features are computed inside the model.
/// </remarks>
public sealed class SpeakerEncoder : IDisposable
{
    /// <summary>The shortest sound that is encoded, in samples: a quarter of a second.</summary>
    public const int MinSamples = 4000;

    private readonly OnnxSession _session;
    private readonly int _output;

    /// <summary>Loads the encoder and runs it once, so that a network that does not fit is refused here.</summary>
    /// <param name="modelPath">The ONNX file, <c>speaker.onnx</c> of a model bundle.</param>
    /// <param name="dimension">The number of values that an embedding must have; null for whatever the model gives.</param>
    /// <param name="device">Where the network runs.</param>
    /// <exception cref="DeviceUnavailableException">CUDA was asked for and cannot be used.</exception>
    /// <exception cref="OnnxModelException">The model is missing, or takes or gives other shapes; the message has the actual ones.</exception>
    public SpeakerEncoder(string modelPath, int? dimension = null, ExecutionDevice device = ExecutionDevice.Cpu)
    {
        _session = OnnxSession.Load(modelPath, new OnnxSessionOptions { MemoryPattern = false, Device = device });
        try
        {
            _session.RequireInput("waveform", TensorElement.Real32, -1, -1);
            _session.RequireInput("lengths", TensorElement.Integer64, -1);
            _output = _session.Outputs.ToList().IndexOf(_session.RequireOutput("embedding", TensorElement.Real32, -1, dimension ?? -1));
            Dimension = WarmUp();
            if (dimension is { } expected && expected != Dimension)
            {
                throw new OnnxModelException($"The model {_session.Name} gives embeddings of {Dimension} values, needed are {expected}.");
            }
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>Gets the number of values in an embedding.</summary>
    public int Dimension { get; }

    /// <summary>Gets the SHA-256 of the network's file, in lower-case hexadecimal.</summary>
    public string ModelSha256 => _session.Sha256;

    /// <summary>Encodes one stretch of speech; the samples are read in place.</summary>
    /// <param name="samples">Mono, 16 kHz, in [-1, 1], <see cref="MinSamples"/> or more; not to be changed until the call returns.</param>
    /// <param name="embedding">Receives <see cref="Dimension"/> values of unit length.</param>
    /// <exception cref="ArgumentException">
    /// There are fewer samples, or the space has another length than <see cref="Dimension"/>.
    /// </exception>
    /// <exception cref="NonFiniteOutputException">The network gave something that is not a number.</exception>
    public void Encode(ReadOnlyMemory<float> samples, Span<float> embedding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples.Length, MinSamples, nameof(samples));
        CheckSpace(embedding, 1);
        Run(MemoryMarshal.AsMemory(samples), [samples.Length], samples.Length, embedding);
    }

    /// <summary>Encodes one stretch of speech; the samples are read in place.</summary>
    /// <param name="samples">Mono, 16 kHz, in [-1, 1], <see cref="MinSamples"/> or more; not to be changed until the call returns.</param>
    /// <returns>A new array of <see cref="Dimension"/> values of unit length.</returns>
    /// <exception cref="ArgumentException">There are fewer samples.</exception>
    /// <exception cref="NonFiniteOutputException">The network gave something that is not a number.</exception>
    public float[] Encode(ReadOnlyMemory<float> samples)
    {
        var embedding = new float[Dimension];
        Encode(samples, embedding);
        return embedding;
    }

    /// <summary>Encodes several stretches in one run of the network, filled up with silence to the longest.</summary>
    /// <remarks>
    /// On a CPU one run each is as fast and gives the same bits whatever else is in the batch; a batch is for accelerators. Results agree
    /// with single runs to about 1e-5.
    /// </remarks>
    /// <param name="clips">Mono, 16 kHz, in [-1, 1], each of <see cref="MinSamples"/> or more.</param>
    /// <param name="embeddings">Receives <c>[clips.Count, Dimension]</c>, each row of unit length.</param>
    /// <exception cref="ArgumentException">A clip is too short, or the space has another length.</exception>
    /// <exception cref="NonFiniteOutputException">The network gave something that is not a number.</exception>
    public void EncodeBatch(IReadOnlyList<ReadOnlyMemory<float>> clips, Span<float> embeddings)
    {
        ArgumentNullException.ThrowIfNull(clips);
        CheckSpace(embeddings, clips.Count);
        if (clips.Count == 0)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(clips.Min(clip => clip.Length), MinSamples, nameof(clips));
        var longest = clips.Max(clip => clip.Length);
        var waveform = ArrayPool<float>.Shared.Rent(checked(clips.Count * longest));
        try
        {
            for (var row = 0; row < clips.Count; row++)
            {
                var target = waveform.AsSpan(row * longest, longest);
                clips[row].Span.CopyTo(target);
                target[clips[row].Length..].Clear();
            }

            Run(waveform, [.. clips.Select(clip => (long)clip.Length)], longest, embeddings);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(waveform);
        }
    }

    /// <summary>Frees the session. No call may be under way.</summary>
    public void Dispose() => _session.Dispose();

    private void Run(Memory<float> waveform, long[] lengths, int longest, Span<float> embeddings)
    {
        using var result = _session.Run(new OnnxInput("waveform", waveform, lengths.Length, longest), new OnnxInput("lengths", lengths, lengths.Length));
        result.Floats(_output).CopyTo(embeddings);
        for (var row = 0; row < lengths.Length; row++)
        {
            UnitLength.Normalize(embeddings.Slice(row * Dimension, Dimension), _session.Name);
        }
    }

    private void CheckSpace(Span<float> embeddings, int rows)
    {
        if (embeddings.Length != rows * Dimension)
        {
            throw new ArgumentException($"{rows} embeddings have {rows * Dimension} values, the space for them {embeddings.Length}.", nameof(embeddings));
        }
    }

    private int WarmUp()
    {
        var hum = new float[Media.AudioClip.SampleRate];
        for (var i = 0; i < hum.Length; i++)
        {
            hum[i] = 0.1f * MathF.Sin(i * 0.05f);
        }

        using var result = _session.Run(new OnnxInput("waveform", hum, 1, hum.Length), new OnnxInput("lengths", new long[] { hum.Length }, 1));
        return result.Shape(_output) is [1, var dimension]
            ? (int)dimension
            : throw new OnnxModelException($"The model {_session.Name} gave {TensorSpec.Describe(result.Shape(_output))}; one embedding [1, D] is needed.");
    }
}
