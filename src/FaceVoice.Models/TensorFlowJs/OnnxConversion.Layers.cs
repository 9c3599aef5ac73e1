using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Models.TensorFlowJs;

/// <summary>The operations with weights, and those that change a shape.</summary>
internal sealed partial class OnnxConversion
{
    private Activation Convolution(GraphNode node, bool isDepthwise)
    {
        var input = Image(node, 0);
        var weight = Weight(node, 1);
        if (input.Shape.Length != 4 || weight.Shape.Count != 4 || input.Shape[3] != weight.Shape[2])
        {
            throw Fault(
                node, $"an image {TensorSpec.Describe(input.Shape)} and weights {TensorSpec.Describe(weight.Shape)} do not fit together");
        }

        if (node.Text("data_format", "NHWC") is var format and not "NHWC")
        {
            throw Fault(node, $"the data format {format}; only NHWC is converted");
        }

        // TensorFlow: [height, width, in, out], and [height, width, in, multiplier] where every channel has filters of its own;
        // ONNX: [out, in of a group, height, width].
        long[] kernel = [weight.Shape[0], weight.Shape[1]];
        var channels = isDepthwise ? weight.Shape[2] * weight.Shape[3] : weight.Shape[3];
        var filters = Permuted(weight, [.. weight.Shape], isDepthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
        if (isDepthwise)
        {
            filters = new NamedTensor(filters.Name, [channels, 1, .. kernel], filters.Floats.ToArray());
        }

        var (strides, dilations) = (PerSide(node, "strides"), PerSide(node, "dilations"));
        var pads = Pads(node, [input.Shape[1], input.Shape[2]], kernel, strides, dilations);
        long Size(int side) =>
            ((input.Shape[1 + side] + pads[side] + pads[2 + side] - (dilations[side] * (kernel[side] - 1)) - 1) / strides[side]) + 1;
        var fused = Fusion(node, channels);
        List<OnnxValue> inputs = [OnnxOf(input), Put(filters)];
        if (fused.Bias is { } bias)
        {
            inputs.Add(Put(bias));
        }

        var value = _graph.Add(
            "Conv",
            inputs.ToArray(),
            OnnxAttribute.Of("kernel_shape", kernel),
            OnnxAttribute.Of("strides", strides),
            OnnxAttribute.Of("dilations", dilations),
            OnnxAttribute.Of("pads", pads),
            OnnxAttribute.Of("group", isDepthwise ? weight.Shape[2] : 1));
        long[] shape = [input.Shape[0], Size(0), Size(1), channels];
        return shape[1] > 0 && shape[2] > 0
            ? fused.Finish(new Activation(value, shape))
            : throw Fault(node, $"an image {TensorSpec.Describe(input.Shape)} is too small for a kernel {TensorSpec.Describe(kernel)}");
    }

    private Activation MatrixProduct(GraphNode node)
    {
        var (left, right) = (At(node, 0), Weight(node, 1));
        var (transposeLeft, transposeRight) = (node.Flag("transpose_a"), node.Flag("transpose_b"));
        if (left.Shape.Length != 2 || right.Shape.Count != 2 || left.Shape[transposeLeft ? 0 : 1] != right.Shape[transposeRight ? 1 : 0])
        {
            throw Fault(node, $"{TensorSpec.Describe(left.Shape)} and {TensorSpec.Describe(right.Shape)} are no product of matrices");
        }

        var width = right.Shape[transposeRight ? 0 : 1];
        var fused = Fusion(node, width);
        List<OnnxValue> inputs = [OnnxOf(left), Put(right)];
        if (fused.Bias is { } bias)
        {
            inputs.Add(Put(bias));
        }

        var value = _graph.Add(
            "Gemm",
            inputs.ToArray(),
            OnnxAttribute.Of("transA", transposeLeft ? 1 : 0),
            OnnxAttribute.Of("transB", transposeRight ? 1 : 0));
        return fused.Finish(new Activation(value, [left.Shape[transposeLeft ? 1 : 0], width]));
    }

    private Activation Mean(GraphNode node)
    {
        var input = Image(node, 0);
        var (rank, keep) = (input.Shape.Length, node.Flag("keep_dims"));
        var axes = Weight(node, 1).Integers.ToArray().Select(axis => axis < 0 ? axis + rank : axis).Order().ToArray();
        if (axes.Length == 0 || axes[0] < 0 || axes[^1] >= rank)
        {
            throw Fault(node, $"the axes {TensorSpec.Describe(axes)} of {TensorSpec.Describe(input.Shape)}");
        }

        long[] shape = keep
            ? [.. input.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)]
            : [.. input.Shape.Where((_, axis) => !axes.Contains(axis))];
        if (rank == 4 && axes is [1, 2])
        {
            var pooled = _graph.Add("GlobalAveragePool", [OnnxOf(input)]);
            return new Activation(keep ? pooled : _graph.Add("Flatten", [pooled], OnnxAttribute.Of("axis", 1)), shape);
        }

        // With the channels first, what is left of an image would be in another order.
        if (rank == 4 && !keep && !axes.Contains(3) && (!axes.Contains(1) || !axes.Contains(2)))
        {
            throw Fault(node, $"a mean of an image over the axes {TensorSpec.Describe(axes)}");
        }

        long[] toChannelsFirst = rank == 4 ? [0, 2, 3, 1] : [.. Enumerable.Range(0, rank)];
        var mean = _graph.Add(
            "ReduceMean",
            [OnnxOf(input)],
            OnnxAttribute.Of("axes", [.. axes.Select(axis => toChannelsFirst[axis])]),
            OnnxAttribute.Of("keepdims", keep ? 1 : 0));
        return new Activation(mean, shape);
    }

    private Activation Reshape(GraphNode node)
    {
        var input = Image(node, 0);
        var target = Weight(node, 1).Integers.ToArray();
        var shape = Resolved(node, input.Shape, target);

        // TensorFlow counts through an image with its channels last; an image without height and width is the same either way.
        var value = OnnxOf(input);
        if (input.Shape.Length == 4 && input.Shape[1] * input.Shape[2] != 1)
        {
            value = _graph.Add("Transpose", [value], OnnxAttribute.Of("perm", 0, 2, 3, 1));
        }

        value = _graph.Add("Reshape", [value, _graph.Integers(shape)]);
        return new Activation(shape.Length == 4 ? _graph.Add("Transpose", [value], OnnxAttribute.Of("perm", 0, 3, 1, 2)) : value, shape);
    }

    /// <summary>The target of a reshape with its -1 replaced, where only the batch may be unknown.</summary>
    private long[] Resolved(GraphNode node, long[] from, long[] target)
    {
        var known = from.Skip(1).Aggregate(1L, (product, size) => product * size);
        if (from[0] < 0)
        {
            var rest = target.Skip(1).ToArray();
            var given = rest.Where(size => size >= 0).Aggregate(1L, (product, size) => product * size);
            var open = rest.Count(size => size < 0);

            // A graph written for one image says 1 here, one written for any number -1: both mean the batch.
            return target.Length > 0 && target[0] is 1 or -1
                && open <= 1 && given > 0 && known % given == 0 && (open == 1 || known == given)
                ? [-1, .. rest.Select(size => size < 0 ? known / given : size)]
                : throw Fault(node, $"from {TensorSpec.Describe(from)} to {TensorSpec.Describe(target)}");
        }

        var all = known * from[0];
        var product = target.Where(size => size >= 0).Aggregate(1L, (total, size) => total * size);
        return target.Count(size => size < 0) is var free and <= 1 && product > 0 && all % product == 0 && (free == 1 || all == product)
            ? [.. target.Select(size => size < 0 ? all / product : size)]
            : throw Fault(node, $"from {TensorSpec.Describe(from)} to {TensorSpec.Describe(target)}");
    }

    /// <summary>Of strides and dilations, which TensorFlow gives for all four axes, those of height and width.</summary>
    private long[] PerSide(GraphNode node, string name) => node.Integers(name) switch
    {
        [] => [1, 1],
        [1, > 0 and var height, > 0 and var width, 1] => [height, width],
        var other => throw Fault(node, $"the {name} {TensorSpec.Describe(other)}"),
    };

    /// <summary>
    /// Top, left, bottom, right. SAME gives ceil(size / stride) outputs; where the padding is odd, the odd pixel goes below and to the
    /// right.
    /// </summary>
    private long[] Pads(GraphNode node, long[] sizes, long[] kernel, long[] strides, long[] dilations)
    {
        switch (node.Text("padding", "VALID"))
        {
            case "VALID":
                return [0, 0, 0, 0];
            case "SAME":
                var pads = new long[4];
                for (var side = 0; side < 2; side++)
                {
                    var outputs = (sizes[side] + strides[side] - 1) / strides[side];
                    var total = Math.Max(((outputs - 1) * strides[side]) + (dilations[side] * (kernel[side] - 1)) + 1 - sizes[side], 0);
                    (pads[side], pads[2 + side]) = (total / 2, total - (total / 2));
                }

                return pads;
            case "EXPLICIT" when node.Integers("explicit_paddings") is [0, 0, var top, var bottom, var left, var right, 0, 0]:
                return [top, left, bottom, right];
            case var other:
                throw Fault(node, $"the padding {other} {TensorSpec.Describe(node.Integers("explicit_paddings"))}");
        }
    }

    /// <summary>What TensorFlow's optimiser joined to a convolution or a product: a bias, then a bound.</summary>
    private Fused Fusion(GraphNode node, long channels)
    {
        NamedTensor? bias = null;
        var (low, high) = (float.NegativeInfinity, float.PositiveInfinity);
        foreach (var operation in node.Texts("fused_ops"))
        {
            switch (operation)
            {
                case "BiasAdd" when bias is null:
                    bias = Weight(node, 2);
                    if (bias.Count != channels || bias.Shape.Count != 1)
                    {
                        throw Fault(node, $"a bias {TensorSpec.Describe(bias.Shape)} for {channels} channels");
                    }

                    break;
                case "Relu":
                    low = 0;
                    break;
                case "Relu6":
                    (low, high) = (0, 6);
                    break;
                default:
                    throw Fault(node, $"{operation} is joined to it; BiasAdd, Relu and Relu6 can be converted");
            }
        }

        return new Fused(bias, low, high);
    }

    private sealed record Fused(NamedTensor? Bias, float Low, float High)
    {
        public Activation Finish(Activation value) => value.Clamped(Low, High);
    }
}
