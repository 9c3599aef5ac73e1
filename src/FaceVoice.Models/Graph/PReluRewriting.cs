using FaceVoice.Models.Graph.Format;
using static FaceVoice.Models.Graph.NodeProtoExtensions;

namespace FaceVoice.Models.Graph;

/// <summary>
/// Writes a PReLU over images as operators that ONNX Runtime runs in its blocked layout (NCHWc): PReLU itself is not one of them, so that each makes
/// it reorder all channels twice and broadcast slowly.
/// </summary>
/// <remarks>
/// With one slope for all channels it is a LeakyRelu. Otherwise <c>PReLU(x) = x + (1 − slope) · Relu(−x)</c>, where both factors (1 − slope
/// and −1) are
/// 1×1 depthwise convolutions, which take the Relu and the sum along: two passes over the image. Positive values keep their bits, negative ones may
/// differ in the last. Not-a-number stays one.
/// </remarks>
internal static class PReluRewriting
{
    /// <summary>
    /// The nodes that can be rewritten: those behind a convolution over images, with constant slopes, one for each channel or one for all.
    /// </summary>
    public static IReadOnlyList<NodeProto> Find(GraphProto graph, GraphIndex index) => [.. graph.Node.Where(node => Slopes(node, index) is not null)];

    public static void Apply(GraphProto graph)
    {
        var index = new GraphIndex(graph);
        var nodes = graph.Node.ToList();
        graph.Node.Clear();
        foreach (var node in nodes)
        {
            if (Slopes(node, index) is { } slopes)
            {
                Rewrite(graph, index, node, slopes);
            }
            else
            {
                graph.Node.Add(node);
            }
        }
    }

    private static float[]? Slopes(NodeProto node, GraphIndex index)
    {
        if (!node.Is("PRelu") || index.Constant(node.Input[1]) is not { IsFloat: true } tensor || index.Producer(node.Input[0]) is not { } convolution ||
            !convolution.Is("Conv") || index.Constant(convolution.Input[1]) is not { Dims: { Count: 4 } weights })
        {
            return null;
        }

        var slopes = tensor.Floats().ToArray();
        var isPerChannel = slopes.Length == weights[0] && tensor.Dims.Count >= 3 && tensor.Dims[^3] == weights[0];
        return slopes.Length == 1 || isPerChannel ? slopes : null;
    }

    private static void Rewrite(GraphProto graph, GraphIndex index, NodeProto node, float[] slopes)
    {
        var (x, y) = (node.Input[0], node.Output[0]);
        if (Array.TrueForAll(slopes, slope => slope == slopes[0]))
        {
            graph.Node.Add(Node("LeakyRelu", [x], y, Attribute("alpha", slopes[0])));
            return;
        }

        string Name(string part) => index.Unused($"{y}/{part}");
        var (flipped, negative, scaled) = (Name("flipped"), Name("negative"), Name("scaled"));
        long[] shape = [slopes.Length, 1, 1, 1];
        var flip = TensorProtoExtensions.Of(Name("minus_one"), shape, [.. slopes.Select(_ => -1f)]);
        var scale = TensorProtoExtensions.Of(Name("rest_of_slope"), shape, [.. slopes.Select(slope => 1 - slope)]);
        graph.Initializer.Add([flip, scale]);
        graph.Node.Add(
        [
            Node("Conv", [x, flip.Name], flipped, Attribute("group", slopes.Length), Attribute("kernel_shape", [1, 1])),
            Node("Relu", [flipped], negative),
            Node("Conv", [negative, scale.Name], scaled, Attribute("group", slopes.Length), Attribute("kernel_shape", [1, 1])),
            Node("Add", [x, scaled], y),
        ]);
    }
}
