namespace FaceVoice.Training.Networks.Export;

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
