using FaceVoice.Models.Graph;

namespace FaceVoice.Training.Networks.Export;

/// <summary>One speaker encoder architecture: what weights it needs, and its graph from features to an embedding.</summary>
internal interface ISpeakerGraph
{
    /// <summary>Bands of the log-mel features.</summary>
    int MelBins { get; }

    /// <summary>Values of the embedding.</summary>
    int Dimension { get; }

    /// <summary>Every tensor needed, with its shape, as far as shapes can be told from the weights.</summary>
    IReadOnlyList<TensorRequirement> Requirements();

    /// <summary>Adds the network: features of packed frames to one row [batch, Dimension] for each utterance, not normalised.</summary>
    OnnxValue Build(FrameGraph frames, FrameSignal features);
}

/// <summary>A tensor that an architecture needs.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record TensorRequirement(string Name, params long[] Shape)
{
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}

/// <summary>The tensors of the usual layers, as PyTorch names them below a prefix.</summary>
internal static class TensorRequirements
{
    public static IEnumerable<TensorRequirement> Convolution(string prefix, long outputs, long inputs, long kernel) =>
        [new(prefix + ".weight", outputs, inputs, kernel), new(prefix + ".bias", outputs)];

    public static IEnumerable<TensorRequirement> Linear(string prefix, long outputs, long inputs) =>
        [new(prefix + ".weight", outputs, inputs), new(prefix + ".bias", outputs)];

    public static IEnumerable<TensorRequirement> BatchNorm(string prefix, long width) =>
        [new(prefix + ".weight", width), new(prefix + ".bias", width), new(prefix + ".running_mean", width), new(prefix + ".running_var", width)];

    public static IEnumerable<TensorRequirement> LayerNorm(string prefix, long width) => [new(prefix + ".weight", width), new(prefix + ".bias", width)];
}
