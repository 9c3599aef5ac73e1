using FaceVoice.Models.Graph;

namespace FaceVoice.Training.Networks.Export;

/// <summary>The layers that speaker encoders are made of, on packed frames. Each folds the affine map that its input still waits for.</summary>
internal sealed class FrameLayers(FrameGraph frames, StateDict weights)
{
    private OnnxGraphBuilder Graph => frames.Graph;

    /// <summary>
    /// A convolution over time, stride 1, padded by reflection at each row's own ends, with bias: gather and matrix product.
    /// Weights <c>PREFIX.weight</c> [out, in, kernel] and <c>PREFIX.bias</c> [out].
    /// </summary>
    public OnnxValue Convolution(FrameSignal input, string prefix, int outputs, int kernel, int dilation)
    {
        var (matrix, bias) = LinearFolding.Convolution(weights.Floats(prefix + ".weight"), weights.Floats(prefix + ".bias"), input.Affine, outputs, kernel);
        var rows = kernel == 1
            ? input.Value
            : Graph.Add("Reshape", [Graph.Add("Gather", [input.Value, frames.Neighbours(kernel, dilation)]), Graph.Integers(-1, (long)kernel * input.Width)]);
        return Product(rows, prefix, matrix, bias, (long)kernel * input.Width, outputs);
    }

    /// <summary>Rows times a matrix plus a bias; <paramref name="matrix"/> is [inputs, outputs].</summary>
    public OnnxValue Product(OnnxValue rows, string name, float[] matrix, float[] bias, long inputs, int outputs) =>
        Graph.Add("Gemm", [rows, frames.Constant(name + ".weight", [inputs, outputs], matrix), frames.Constant(name + ".bias", [outputs], bias)]);

    /// <summary>Convolution, ReLU, and a BatchNorm that waits for the next layer.</summary>
    public FrameSignal ReluBlock(FrameSignal input, string convolution, string norm, int outputs, int kernel, int dilation) =>
        new(Graph.Add("Relu", [Convolution(input, convolution, outputs, kernel, dilation)]), outputs, ChannelAffine.BatchNorm(weights, norm));

    /// <summary>Convolution, LeakyReLU (slope 0.01), and a BatchNorm that waits for the next layer.</summary>
    public FrameSignal LeakyReluBlock(FrameSignal input, string convolution, string norm, int outputs, int kernel, int dilation) =>
        new(
            Graph.Add("LeakyRelu", [Convolution(input, convolution, outputs, kernel, dilation)], OnnxAttribute.Of("alpha", 0.01f)),
            outputs,
            ChannelAffine.BatchNorm(weights, norm));

    /// <summary>Applies the waiting affine map, for consumers that are not linear.</summary>
    public FrameSignal Settle(FrameSignal signal) =>
        signal.Pending is { } pending ? new(Apply(signal.Value, pending), signal.Width) : signal;

    /// <summary><c>scale * value + shift</c> along the last axis.</summary>
    public OnnxValue Apply(OnnxValue value, ChannelAffine affine) =>
        Graph.Add("Add", [Graph.Add("Mul", [value, Row(affine.Scale)]), Row(affine.Shift)]);

    /// <summary>Joins channels.</summary>
    public FrameSignal Concat(params IReadOnlyList<FrameSignal> signals) => new(
        Graph.Add("Concat", [.. signals.Select(s => s.Value)], OnnxAttribute.Of("axis", 1)),
        signals.Sum(s => s.Width),
        signals.All(s => s.Pending is null) ? null : ChannelAffine.Concat(signals.Select(s => s.Affine)));

    /// <summary>Cuts channels into equal groups.</summary>
    public FrameSignal[] Split(FrameSignal signal, int groups)
    {
        var width = signal.Width / groups;
        var values = Graph.Add("Split", [signal.Value], groups, OnnxAttribute.Of("axis", 1));
        return [.. values.Select((value, i) => new FrameSignal(value, width, signal.Pending?.Slice(i * width, width)))];
    }

    /// <summary>Mean of squares about the row's mean, [batch, width], without the waiting affine map; <paramref name="denominator"/> is [batch, 1].</summary>
    public OnnxValue RowVariance(OnnxValue value, OnnxValue rowMean, OnnxValue denominator)
    {
        var deviation = Graph.Add("Sub", [value, frames.Spread(rowMean)]);
        return Graph.Add("Div", [frames.RowSum(Graph.Add("Mul", [deviation, deviation])), denominator]);
    }

    /// <summary>Divides rows by their length, but never by less than 1e-12.</summary>
    public static OnnxValue UnitLength(OnnxGraphBuilder graph, OnnxValue rows)
    {
        var norm = graph.Add("ReduceL2", [rows], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1));
        return graph.Add("Div", [rows, graph.Add("Max", [norm, graph.Scalar(1e-12f)])]);
    }

    /// <summary>A constant along the last axis.</summary>
    public OnnxValue Row(double[] values) => frames.Constant("row", [values.Length], Array.ConvertAll(values, v => (float)v));
}
