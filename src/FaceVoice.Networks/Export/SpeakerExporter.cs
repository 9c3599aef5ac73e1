using System.Globalization;
using FaceVoice.Model;
using FaceVoice.Onnx.Graph;
using FaceVoice.Onnx.Sessions;

namespace FaceVoice.Networks.Export;

/// <summary>
/// Writes a speaker encoder as ONNX, features included, from its weights alone; needs no LibTorch. Thread-safe.
/// </summary>
/// <remarks>
/// Inputs <c>waveform</c> float32 [batch, samples] (mono, 16 kHz, [-1, 1]) and <c>lengths</c> int64 [batch] (valid samples of each row; clamped to
/// 0..samples); output <c>embedding</c> float32 [batch, dimension] of unit length. A row's embedding does not depend on the other rows or on what lies
/// behind its end. Rows shorter than <see cref="SpeakerPreprocessing.MinSamples"/> give finite values without meaning.
/// </remarks>
public static class SpeakerExporter
{
    /// <summary>The architectures that can be written.</summary>
    public static IReadOnlyList<string> Architectures { get; } = ["xvector", "ecapa", "resnet"];

    /// <summary>Writes an encoder.</summary>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="weights">The state dict, under PyTorch's names; widths are read from its shapes.</param>
    /// <exception cref="StateDictMismatchException">The weights do not fit; the message names the tensors.</exception>
    /// <exception cref="ArgumentException">The architecture is not known.</exception>
    public static SpeakerModel Export(string architecture, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(weights);
        var state = new StateDict(weights);
        ISpeakerGraph network = architecture switch
        {
            "xvector" => new XVectorGraph(state),
            "ecapa" => new EcapaGraph(state),
            "resnet" => new ResNetGraph(state),
            _ => throw new ArgumentException($"The architecture '{architecture}' is not known; there are {string.Join(", ", Architectures)}.", nameof(architecture)),
        };
        state.RequireExactly(architecture, network.Requirements());
        return Export(architecture, network);
    }

    private static SpeakerModel Export(string architecture, ISpeakerGraph network)
    {
        var graph = new OnnxGraphBuilder($"facevoice_{architecture}");
        var waveform = graph.Input("waveform", TensorElement.Real32, "batch", "samples");
        var lengths = graph.Input("lengths", TensorElement.Integer64, "batch");
        var (frames, features) = FbankGraph.Build(graph, waveform, lengths, network.MelBins);
        var embedding = FrameLayers.UnitLength(graph, network.Build(frames, features));
        graph.Output("embedding", embedding, TensorElement.Real32, "batch", network.Dimension);

        var spec = new SpeakerEncoderSpec
        {
            Architecture = architecture,
            Dimension = network.Dimension,
            Preprocessing = new SpeakerPreprocessing { MelBins = network.MelBins, MinSamples = frames.LargestPadding * FbankDefinition.Hop },
        };
        graph.Metadata("facevoice.architecture", architecture);
        graph.Metadata("facevoice.sample_rate", FbankDefinition.SampleRate.ToString(CultureInfo.InvariantCulture));
        graph.Metadata("facevoice.mel_bins", network.MelBins.ToString(CultureInfo.InvariantCulture));
        graph.Metadata("facevoice.min_samples", spec.Preprocessing.MinSamples.ToString(CultureInfo.InvariantCulture));
        return new(graph.ToArray(), spec);
    }
}
