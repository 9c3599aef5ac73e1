using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>Turns an aligned face into an embedding of unit length. Thread-safe; one session shared by all callers.</summary>
public sealed class FaceEncoder : IDisposable
{
    private readonly FaceEncoderOptions _options;
    private readonly PlaneNormalization _normalization;
    private readonly OnnxSession _session;
    private readonly OnnxCallPool _calls;
    private readonly int _output;

    /// <summary>Loads the encoder and runs it once, so that a network that does not fit is refused here.</summary>
    /// <param name="options">Which network and what it takes; null for the defaults.</param>
    /// <exception cref="OnnxModelException">The model is missing, or takes or gives other shapes; the message has the actual ones.</exception>
    /// <exception cref="DeviceUnavailableException">CUDA was asked for and cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public FaceEncoder(FaceEncoderOptions? options = null)
    {
        _options = options ?? new FaceEncoderOptions();
        Check(_options);
        var factor = 1 / _options.Scale;
        _normalization = new PlaneNormalization(
            _options.ChannelOrder, [_options.Mean, _options.Mean, _options.Mean], [factor, factor, factor]);
        (_session, ModelSha256) = FaceNetworkFile.Load(_options.ModelPath ?? FaceModels.Encoder, _options.InputSize, _options.Device);
        try
        {
            _session.RequireInput(null, TensorElement.Real32, 1, 3, _options.InputSize, _options.InputSize);
            _output = _session.Outputs.ToList().IndexOf(
                _session.RequireOutput(_options.Output, TensorElement.Real32, 1, _options.Dimension));
            _calls = new OnnxCallPool(_session, [[1, 3, _options.InputSize, _options.InputSize]], FaceNetworkFile.OutputShapes(_session));
            WarmUp();
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>Loads the encoder that a manifest names.</summary>
    /// <param name="spec">The manifest's entry.</param>
    /// <param name="path">The file; null for the one that travels with the program.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="OnnxModelException">The model is missing, or takes or gives other shapes; the message has the actual ones.</exception>
    /// <exception cref="ModelMismatchException">The file is another network than the manifest says.</exception>
    public static FaceEncoder Open(FaceEncoderSpec spec, string? path = null, ExecutionDevice device = ExecutionDevice.Cpu)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var encoder = new FaceEncoder(FaceEncoderOptions.From(spec, path ?? FaceModels.PathOf(spec)) with { Device = device });
        if (spec.Sha256.Length == 0 || spec.Sha256 == encoder.ModelSha256)
        {
            return encoder;
        }

        encoder.Dispose();
        throw new ModelMismatchException($"the face encoder '{spec.Name}'", spec.Sha256, encoder.ModelSha256);
    }

    /// <summary>Gets the number of values in an embedding.</summary>
    public int Dimension => _options.Dimension;

    /// <summary>Gets the SHA-256 of the network's file (of a TensorFlow.js model: of its files), in lower-case hexadecimal.</summary>
    public string ModelSha256 { get; }

    /// <summary>Gets where the network runs: never <see cref="ExecutionDevice.Auto"/>.</summary>
    public ExecutionDevice Device => _session.Device;

    /// <summary>Encodes one aligned face.</summary>
    /// <param name="aligned">A face cut out by <see cref="FaceAligner"/>.</param>
    /// <param name="embedding">Receives <see cref="Dimension"/> values of unit length.</param>
    /// <returns>The length of the vector that the network gave; faces that it can read well have longer ones.</returns>
    /// <exception cref="ArgumentException"><paramref name="embedding"/> has another length than <see cref="Dimension"/>.</exception>
    /// <exception cref="NonFiniteOutputException">The network gave something that is not a number.</exception>
    public float Encode(RgbImage aligned, Span<float> embedding)
    {
        ArgumentNullException.ThrowIfNull(aligned);
        if (embedding.Length != Dimension)
        {
            throw new ArgumentException($"The embedding has {Dimension} values, the space for it {embedding.Length}.", nameof(embedding));
        }

        using var call = _calls.Rent();
        Prepare(aligned, call.Floats(0));
        call.Run();
        call.Output(_output).CopyTo(embedding);
        return UnitLength.Normalize(embedding, _session.Name);
    }

    /// <summary>Encodes one aligned face.</summary>
    /// <param name="aligned">A face cut out by <see cref="FaceAligner"/>.</param>
    /// <returns>A new array of <see cref="Dimension"/> values of unit length.</returns>
    /// <exception cref="NonFiniteOutputException">The network gave something that is not a number.</exception>
    public float[] Encode(RgbImage aligned)
    {
        var embedding = new float[Dimension];
        Encode(aligned, embedding);
        return embedding;
    }

    /// <summary>Frees the session. No call may be under way.</summary>
    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }

    internal void Prepare(RgbImage aligned, Span<float> planes)
    {
        if (aligned.Width == _options.InputSize && aligned.Height == _options.InputSize)
        {
            PlaneWriter.Write(aligned, _normalization, planes);
        }
        else
        {
            BilinearResizer.ToPlanes(aligned, _options.InputSize, _options.InputSize, _normalization, planes);
        }
    }

    private static void Check(FaceEncoderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.InputSize, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.InputSize, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Dimension, 8192);
        if (!float.IsFinite(options.Mean) || !float.IsFinite(1 / options.Scale))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"Mean {options.Mean} and scale {options.Scale} must be finite, the scale not 0.");
        }
    }

    private void WarmUp()
    {
        using var call = _calls.Rent();
        call.Floats(0).Clear();
        call.Run();
    }
}
