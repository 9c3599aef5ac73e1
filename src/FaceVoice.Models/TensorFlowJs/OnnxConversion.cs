using FaceVoice.Models.Graph;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Models.TensorFlowJs;

/// <summary>
/// One walk over the nodes of a graph model that writes the same network as ONNX. Tensors of rank 4 are images, whose channels TensorFlow
/// has last and ONNX first: they stay channels-first all through, so that only weights are transposed, and only here.
/// </summary>
internal sealed partial class OnnxConversion(TensorFlowJsModel model, int? imageSide)
{
    private const string Known =
        "Add, AddV2, BiasAdd, Const, Conv2D, DepthwiseConv2dNative, FusedDepthwiseConv2dNative, Identity, MatMul, Maximum, Mean, Minimum, "
        + "Mul, Placeholder, Relu, Relu6, Reshape, Sigmoid, Softmax, Sub, _FusedConv2D, _FusedMatMul";

    private readonly OnnxGraphBuilder _graph = new("tensorflow.js");
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _weights = new(StringComparer.Ordinal);

    public byte[] Run()
    {
        foreach (var node in InOrder())
        {
            _values.Add(node.Name, Convert(node));
        }

        foreach (var name in model.Graph.Outputs)
        {
            var value = _values[name];
            _graph.Output(name, OnnxOf(value), TensorElement.Real32, Axes(value.Shape));
        }

        _graph.Metadata("source_sha256", model.Sha256);
        if (model.GeneratedBy is { } origin)
        {
            _graph.Metadata("source", origin);
        }

        return _graph.ToArray();
    }

    /// <summary>The nodes that the outputs need, each after those that it takes in.</summary>
    private List<GraphNode> InOrder()
    {
        var (ordered, states) = (new List<GraphNode>(), new Dictionary<string, bool>(StringComparer.Ordinal));
        var pending = new Stack<string>(model.Graph.Outputs);
        while (pending.TryPop(out var name))
        {
            var node = model.Graph.Nodes[name];
            if (!states.TryGetValue(name, out var done))
            {
                states[name] = false;
                pending.Push(name);
                foreach (var input in node.Inputs)
                {
                    if (states.TryGetValue(input, out var finished) && !finished)
                    {
                        throw Fault(node, "it takes in what it gives out: loops cannot be converted");
                    }

                    pending.Push(input);
                }
            }
            else if (!done)
            {
                states[name] = true;
                ordered.Add(node);
            }
        }

        return ordered;
    }

    private Value Convert(GraphNode node) => node.Operation switch
    {
        "Const" => Constant(node),
        "Placeholder" => Input(node),
        "Identity" => Only(node),
        "Conv2D" or "_FusedConv2D" => Convolution(node, isDepthwise: false),
        "DepthwiseConv2dNative" or "FusedDepthwiseConv2dNative" => Convolution(node, isDepthwise: true),
        "MatMul" or "_FusedMatMul" => MatrixProduct(node),
        "Add" or "AddV2" or "BiasAdd" => Elementwise(node, "Add"),
        "Sub" => Elementwise(node, "Sub"),
        "Mul" => Elementwise(node, "Mul"),
        "Relu" => Image(node, 0).Clamped(0, float.PositiveInfinity),
        "Relu6" => Image(node, 0).Clamped(0, 6),
        "Minimum" => Bounded(node, "Min"),
        "Maximum" => Bounded(node, "Max"),
        "Mean" => Mean(node),
        "Reshape" => Reshape(node),
        "Sigmoid" => Unary(node, "Sigmoid"),
        "Softmax" => Unary(node, "Softmax", OnnxAttribute.Of("axis", Only(node).Shape.Length == 4 ? 1 : -1)),
        _ => throw Fault(node, $"this operation is not known. Known are {Known}"),
    };

    private Constant Constant(GraphNode node) => model.Graph.Weights.TryGetValue(node.Name, out var weight)
        ? new Constant(weight)
        : throw Fault(node, "the list of weights does not have it");

    private Activation Unary(GraphNode node, string operation, params ReadOnlySpan<OnnxAttribute> attributes) =>
        new(_graph.Add(operation, [OnnxOf(Only(node))], attributes), Only(node).Shape);

    private Activation Input(GraphNode node)
    {
        var shape = node.Shape() ?? throw Fault(node, "it declares no shape");
        if (shape.Length == 4)
        {
            (shape[1], shape[2]) = imageSide is { } side ? (side, side) : (shape[1], shape[2]);
        }

        return shape.Skip(1).All(size => size > 0)
            ? new Activation(_graph.Input(node.Name, TensorElement.Real32, Axes(shape)), shape)
            : throw Fault(
                node, $"its shape {TensorSpec.Describe(shape)} is not fixed{(shape.Length == 4 ? "; name the side of the image" : "")}");
    }

    /// <summary>The smaller or the larger of two; a constant is a bound of the value, and is joined with the bounds that it has.</summary>
    private Activation Bounded(GraphNode node, string operation)
    {
        var (left, right) = (At(node, 0), At(node, 1));
        var (value, bound) = left is Constant ? (right, left) : (left, right);
        if (value is Activation activation && bound is Constant { Tensor: { Count: 1, ElementType: TensorElementType.Float32 } scalar })
        {
            return operation == "Min"
                ? activation.Clamped(float.NegativeInfinity, scalar.Floats.Span[0])
                : activation.Clamped(scalar.Floats.Span[0], float.PositiveInfinity);
        }

        return Elementwise(node, operation);
    }

    private Activation Elementwise(GraphNode node, string operation)
    {
        var (left, right) = (At(node, 0), At(node, 1));
        if (left is Constant && right is Constant)
        {
            throw Fault(node, "both its inputs are constants; let TensorFlow fold them");
        }

        var rank = Math.Max(left.Shape.Length, right.Shape.Length);
        if ((left is Activation && left.Shape.Length != rank) || (right is Activation && right.Shape.Length != rank))
        {
            throw Fault(node, $"it broadcasts {TensorSpec.Describe(left.Shape)} against {TensorSpec.Describe(right.Shape)}");
        }

        var shape = new long[rank];
        var (padded, other) = (Padded(left.Shape, rank), Padded(right.Shape, rank));
        for (var axis = 0; axis < rank; axis++)
        {
            shape[axis] = padded[axis] == other[axis] || other[axis] == 1 ? padded[axis]
                : padded[axis] == 1 ? other[axis]
                : throw Fault(node, $"{TensorSpec.Describe(left.Shape)} and {TensorSpec.Describe(right.Shape)} do not fit together");
        }

        return new Activation(_graph.Add(operation, [OnnxOf(left, rank), OnnxOf(right, rank)]), shape);
    }

    private Value Only(GraphNode node) =>
        node.Inputs.Count == 1 ? At(node, 0) : throw Fault(node, $"it has {node.Inputs.Count} inputs, not one");

    private Value At(GraphNode node, int input) => input < node.Inputs.Count
        ? _values[node.Inputs[input]]
        : throw Fault(node, $"it has {node.Inputs.Count} inputs only");

    private Activation Image(GraphNode node, int input) =>
        At(node, input) as Activation ?? throw Fault(node, $"its input '{node.Inputs[input]}' is a constant");

    private NamedTensor Weight(GraphNode node, int input) => At(node, input) is Constant { Tensor: var tensor }
        ? tensor
        : throw Fault(node, $"its input '{node.Inputs[input]}' is not a constant");

    /// <summary>The tensor in the graph; a constant laid out to be broadcast to <paramref name="rank"/>.</summary>
    private OnnxValue OnnxOf(Value value, int? rank = null) => value switch
    {
        Activation activation => activation.Emit(_graph),
        Constant { Tensor: var tensor } => Put(ChannelsFirst(tensor, rank ?? tensor.Shape.Count)),
        _ => throw new InvalidOperationException($"Unknown kind of value: {value.GetType()}"),
    };

    /// <summary>Adds a weight; one that several nodes share is laid out for each, under a name of its own.</summary>
    private OnnxValue Put(NamedTensor tensor)
    {
        var name = tensor.Name;
        for (var copy = 2; !_weights.Add(name); copy++)
        {
            name = $"{tensor.Name}#{copy}";
        }

        return _graph.Initializer(tensor.WithName(name));
    }

    private static NamedTensor ChannelsFirst(NamedTensor tensor, int rank) =>
        rank == 4 ? Permuted(tensor, Padded([.. tensor.Shape], 4), [0, 3, 1, 2]) : tensor;

    /// <summary>
    /// The same values with their axes in another order: axis i of the result is axis <c>order[i]</c> of <paramref name="shape"/>.
    /// </summary>
    private static NamedTensor Permuted(NamedTensor tensor, long[] shape, int[] order)
    {
        var source = tensor.Floats.Span;
        var target = new float[tensor.Count];
        var strides = new long[shape.Length];
        for (var (axis, stride) = (shape.Length - 1, 1L); axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        var index = new long[shape.Length];
        for (var i = 0; i < target.Length; i++)
        {
            var at = 0L;
            for (var axis = 0; axis < index.Length; axis++)
            {
                at += index[axis] * strides[order[axis]];
            }

            target[i] = source[(int)at];
            for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == shape[order[axis]]; axis--)
            {
                index[axis] = 0;
            }
        }

        return new NamedTensor(tensor.Name, [.. order.Select(axis => shape[axis])], target);
    }

    private static long[] Padded(long[] shape, int rank) => [.. Enumerable.Repeat(1L, rank - shape.Length), .. shape];

    private static OnnxAxis[] Axes(long[] shape)
    {
        long[] sizes = shape.Length == 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape;
        return [.. sizes.Select((size, axis) => size >= 0 ? OnnxAxis.FromInt64(size) : axis == 0 ? "batch" : $"axis{axis}")];
    }

    private ModelFormatException Fault(GraphNode node, string reason) =>
        new($"{model.Path}: the node '{node.Name}' of operation {node.Operation} cannot be converted: {reason}.");
}

/// <summary>What a node gives, with its shape as TensorFlow counts it: channels last, -1 for any size.</summary>
internal abstract record Value(long[] Shape);

internal sealed record Constant(NamedTensor Tensor) : Value([.. Tensor.Shape]);

/// <summary>
/// A tensor of the graph within bounds that are not written yet: Relu, Minimum and Maximum in a row, which is how TensorFlow spells ReLU6,
/// become one node.
/// </summary>
internal sealed record Activation(OnnxValue Raw, long[] Shape, float Low = float.NegativeInfinity, float High = float.PositiveInfinity)
    : Value(Shape)
{
    private OnnxValue? _emitted;

    public Activation Clamped(float low, float high) =>
        new(Raw, Shape, Math.Min(Math.Max(Low, low), high), Math.Min(Math.Max(High, low), high));

    public OnnxValue Emit(OnnxGraphBuilder graph) => _emitted ??=
        (float.IsNegativeInfinity(Low), float.IsPositiveInfinity(High)) switch
        {
            (true, true) => Raw,
            (false, true) when Low == 0 => graph.Add("Relu", [Raw]),
            (var noLow, var noHigh) => graph.Add(
                "Clip", [Raw, noLow ? OnnxValue.None : graph.Scalar(Low), noHigh ? OnnxValue.None : graph.Scalar(High)]),
        };
}
