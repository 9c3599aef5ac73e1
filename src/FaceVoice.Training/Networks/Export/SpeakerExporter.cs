using System.Globalization;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;
using FaceVoice.Training.Networks.Features;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Networks.Export;

/// <summary>
/// Writes a speaker encoder as ONNX, features included, from its weights alone; needs no LibTorch. Thread-safe.
/// </summary>
/// <remarks>
/// Inputs <c>waveform</c> float32 [batch, samples] (mono, 16 kHz, [-1, 1]) and <c>lengths</c> int64 [batch] (valid samples of each row; clamped to
/// 0..samples); output <c>embedding</c> float32 [batch, dimension] of unit length. A row's embedding does not depend on the other rows or
/// on what lies
/// behind its end. Rows shorter than <see cref="SpeakerPreprocessing.MinSamples"/> give finite values without meaning.
/// </remarks>
public static class SpeakerExporter
{
    internal const string XVectorName = "xvector";
    internal const string EcapaName = "ecapa";
    internal const string ResNetName = "resnet";

    /// <summary>The architectures that can be written.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [XVectorName, EcapaName, ResNetName];

    /// <summary>Writes an encoder of the published kernels and dilations, with the widths that the weights have.</summary>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="weights">The state dict, under SpeechBrain's names, or those of <see cref="SpeakerResNet"/>.</param>
    /// <exception cref="StateDictMismatchException">The weights do not fit; the message names the tensors.</exception>
    /// <exception cref="ArgumentException">The architecture is not known.</exception>
    public static SpeakerModel Export(string architecture, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var state = new StateDict(weights);
        return architecture switch
        {
            XVectorName => Export(XVectorName, new XVectorGraph(XVectorGraph.ReadOptions(state), state), state),
            EcapaName => Export(EcapaName, new EcapaGraph(EcapaGraph.ReadOptions(state), state), state),
            ResNetName => Export(ResNetName, new ResNetGraph(state), state),
            _ => throw new ArgumentException($"The architecture '{architecture}' is not known; there are {string.Join(", ", Architectures)}.", nameof(architecture)),
        };
    }

    /// <summary>The architecture whose tensors these are, told by the names that only it has; null where none fits.</summary>
    /// <param name="weights">The state dict.</param>
    public static string? DetectArchitecture(IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.ContainsKey("stem_conv.weight") ? ResNetName
            : weights.ContainsKey("mfa.conv.conv.weight") ? EcapaName
            : weights.ContainsKey("blocks.0.conv.weight") ? XVectorName
            : null;
    }

    /// <summary>Writes an x-vector of any size.</summary>
    /// <param name="options">Its sizes.</param>
    /// <param name="weights">The state dict, under SpeechBrain's names.</param>
    /// <exception cref="StateDictMismatchException">The weights do not fit; the message names the tensors.</exception>
    public static SpeakerModel Export(XVectorOptions options, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(weights);
        options.Check();
        var state = new StateDict(weights);
        return Export(XVectorName, new XVectorGraph(options, state), state);
    }

    /// <summary>Writes an ECAPA-TDNN of any size.</summary>
    /// <param name="options">Its sizes.</param>
    /// <param name="weights">The state dict, under SpeechBrain's names.</param>
    /// <exception cref="StateDictMismatchException">The weights do not fit; the message names the tensors.</exception>
    public static SpeakerModel Export(EcapaTdnnOptions options, IReadOnlyDictionary<string, NamedTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(weights);
        options.Check();
        var state = new StateDict(weights);
        return Export(EcapaName, new EcapaGraph(options, state), state);
    }

    /// <summary>Writes a network that is at hand as a LibTorch module, in its present state.</summary>
    /// <param name="network">An x-vector, an ECAPA-TDNN or a residual network, on any device.</param>
    /// <exception cref="ArgumentException">The network is of another kind.</exception>
    public static SpeakerModel Export(SpeakerNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var weights = network.SaveWeights().ToDictionary(tensor => tensor.Name);
        return network switch
        {
            XVector xvector => Export(xvector.Options, weights),
            EcapaTdnn ecapa => Export(ecapa.Options, weights),
            SpeakerResNet => Export(ResNetName, weights),
            _ => throw new ArgumentException($"A {network.GetType().Name} cannot be written as ONNX.", nameof(network)),
        };
    }

    private static SpeakerModel Export(string architecture, ISpeakerGraph network, StateDict weights)
    {
        weights.RequireExactly(architecture, network.Requirements());
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
            Preprocessing = new SpeakerPreprocessing { MelBins = network.MelBins, MinSamples = Math.Max(Fbank.WindowLength, frames.LargestPadding * Fbank.HopLength) },
        };
        graph.Metadata("facevoice.architecture", architecture);
        graph.Metadata("facevoice.sample_rate", Fbank.SampleRate.ToString(CultureInfo.InvariantCulture));
        graph.Metadata("facevoice.mel_bins", network.MelBins.ToString(CultureInfo.InvariantCulture));
        graph.Metadata("facevoice.min_samples", spec.Preprocessing.MinSamples.ToString(CultureInfo.InvariantCulture));
        return new(graph.ToArray(), spec);
    }
}

/// <summary>An exported speaker encoder: the ONNX file and what a manifest says about it.</summary>
/// <param name="Onnx">The content of <c>speaker.onnx</c>.</param>
/// <param name="Spec">Architecture, dimension and preprocessing; the hash is filled when a bundle is made of it.</param>
public sealed record SpeakerModel(ReadOnlyMemory<byte> Onnx, SpeakerEncoderSpec Spec);
