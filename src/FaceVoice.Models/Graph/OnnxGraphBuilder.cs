using System.Runtime.InteropServices;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Models.Graph;

/// <summary>
/// Builds an ONNX model node by node and writes it as a file, without any native library: IR version 8, operator set 17 of the default domain.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// Nodes must be added in an order in which every value exists before it is used; the builder checks that, and ONNX Runtime checks the operators'
/// own rules when it loads the model. Equal constants that are given the same name are written once.
/// Source of the layout: <c>onnx.proto3</c> of ONNX 1.12.
/// </remarks>
public sealed class OnnxGraphBuilder
{
    /// <summary>The IR version of the files written.</summary>
    public const int IrVersion = 8;

    /// <summary>The version of the default operator set that the nodes are read by.</summary>
    public const int OperatorSet = 17;

    private const int Float = 1;
    private const int Int64 = 7;

    private readonly string _name;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initializers = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];
    private readonly Dictionary<string, OnnxValue> _constants = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Starts an empty graph.</summary>
    /// <param name="name">The graph's name in tools that show it.</param>
    public OnnxGraphBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <summary>Declares an input.</summary>
    /// <param name="name">The name that callers feed it by.</param>
    /// <param name="element">Its element type.</param>
    /// <param name="shape">Its axes.</param>
    public OnnxValue Input(string name, TensorElement element, params ReadOnlySpan<OnnxAxis> shape)
    {
        Declare(name);
        _inputs.Add(ValueInfo(name, element, shape));
        return new(name);
    }

    /// <summary>Makes <paramref name="value"/> an output of the graph, under a name of its own.</summary>
    /// <param name="name">The name that callers fetch it by.</param>
    /// <param name="value">What it is.</param>
    /// <param name="element">Its element type.</param>
    /// <param name="shape">Its axes.</param>
    public void Output(string name, OnnxValue value, TensorElement element, params ReadOnlySpan<OnnxAxis> shape)
    {
        Declare(name);
        _nodes.Add(Node("Identity", [RequireKnown(value)], [name], name, []));
        _outputs.Add(ValueInfo(name, element, shape));
    }

    /// <summary>Adds a weight or a constant under its own name.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the tensor is of double precision.</exception>
    public OnnxValue Initializer(NamedTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Declare(tensor.Name);
        var message = new ProtobufWriter();
        message.PackedIntegers(1, tensor.Shape);
        message.Integer(2, tensor.ElementType switch
        {
            Models.TensorElementType.Float32 => Float,
            Models.TensorElementType.Int64 => Int64,
            _ => throw new ArgumentException($"A graph takes float32 and int64 constants, not {tensor}.", nameof(tensor)),
        });
        message.Text(8, tensor.Name);
        message.Bytes(9, tensor.ElementType == Models.TensorElementType.Float32
            ? MemoryMarshal.AsBytes(tensor.Floats.Span)
            : MemoryMarshal.AsBytes(tensor.Integers.Span));
        _initializers.Add(message.Written.ToArray());
        return new(tensor.Name);
    }

    /// <summary>A constant scalar; the same number is written once.</summary>
    public OnnxValue Scalar(float value) => Shared(FormattableString.Invariant($"c_{value:R}"), name => new NamedTensor(name, [], [value]));

    /// <summary>A constant whole number; the same number is written once.</summary>
    public OnnxValue Scalar(long value) => Shared(FormattableString.Invariant($"i_{value}"), name => new NamedTensor(name, [], [value]));

    /// <summary>A constant list of whole numbers, shape [n]: axes, shapes, indices. The same list is written once.</summary>
    public OnnxValue Integers(params long[] values) =>
        Shared($"v_{string.Join('_', values)}", name => new NamedTensor(name, [values.Length], values));

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">The operator's name.</param>
    /// <param name="inputs">Its inputs; <see cref="OnnxValue.None"/> for an optional one left out.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <exception cref="ArgumentException">An input does not exist in this graph.</exception>
    public OnnxValue Add(string operation, ReadOnlySpan<OnnxValue> inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Add(operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    /// <param name="operation">The operator's name.</param>
    /// <param name="inputs">Its inputs; <see cref="OnnxValue.None"/> for an optional one left out.</param>
    /// <param name="outputs">How many outputs it has.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <exception cref="ArgumentException">An input does not exist in this graph.</exception>
    public OnnxValue[] Add(string operation, ReadOnlySpan<OnnxValue> inputs, int outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var inputNames = new string[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputNames[i] = RequireKnown(inputs[i]);
        }

        var node = $"{operation}_{_nodes.Count}";
        var outputNames = new string[outputs];
        for (var i = 0; i < outputs; i++)
        {
            outputNames[i] = outputs == 1 ? node : $"{node}_{i}";
            Declare(outputNames[i]);
        }

        _nodes.Add(Node(operation, inputNames, outputNames, node, attributes));
        return Array.ConvertAll(outputNames, name => new OnnxValue(name));
    }

    /// <summary>Attaches a text to the model that programs can read without running it.</summary>
    public void Metadata(string key, string value) => _metadata[key] = value;

    /// <summary>The finished file. The same graph gives the same bytes.</summary>
    /// <exception cref="InvalidOperationException">The graph has no output.</exception>
    public byte[] ToArray()
    {
        if (_outputs.Count == 0)
        {
            throw new InvalidOperationException("A graph needs an output.");
        }

        var model = new ProtobufWriter();
        model.Integer(1, IrVersion);
        model.Text(2, "FaceVoice");
        model.Message(7, WriteGraph);
        model.Message(8, set =>
        {
            set.Text(1, "");
            set.Integer(2, OperatorSet);
        });
        foreach (var (key, value) in _metadata)
        {
            model.Message(14, pair =>
            {
                pair.Text(1, key);
                pair.Text(2, value);
            });
        }

        return model.Written.ToArray();
    }

    private void WriteGraph(ProtobufWriter graph)
    {
        foreach (var node in _nodes)
        {
            graph.Bytes(1, node);
        }

        graph.Text(2, _name);
        foreach (var (field, messages) in new[] { (5, _initializers), (11, _inputs), (12, _outputs) })
        {
            foreach (var message in messages)
            {
                graph.Bytes(field, message);
            }
        }
    }

    private static byte[] Node(string operation, string[] inputs, string[] outputs, string name, ReadOnlySpan<OnnxAttribute> attributes)
    {
        var node = new ProtobufWriter();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        foreach (var output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, name);
        node.Text(4, operation);
        foreach (var attribute in attributes)
        {
            node.Message(5, message => WriteAttribute(message, attribute));
        }

        return node.Written.ToArray();
    }

    private static void WriteAttribute(ProtobufWriter message, OnnxAttribute attribute)
    {
        message.Text(1, attribute.Name);
        if (attribute.Real is { } real)
        {
            message.Real(2, real);
            message.Integer(20, 1);
        }
        else if (attribute.Integer is { } integer)
        {
            message.Integer(3, integer);
            message.Integer(20, 2);
        }
        else
        {
            message.PackedIntegers(8, attribute.Integers!);
            message.Integer(20, 7);
        }
    }

    private static byte[] ValueInfo(string name, TensorElement element, ReadOnlySpan<OnnxAxis> shape)
    {
        var axes = shape.ToArray();
        var info = new ProtobufWriter();
        info.Text(1, name);
        info.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Integer(1, element == TensorElement.Real32 ? Float : Int64);
            tensor.Message(2, dimensions =>
            {
                foreach (var axis in axes)
                {
                    dimensions.Message(1, dimension => WriteAxis(dimension, axis));
                }
            });
        }));
        return info.Written.ToArray();
    }

    private static void WriteAxis(ProtobufWriter dimension, OnnxAxis axis)
    {
        if (axis.Size is { } size)
        {
            dimension.Integer(1, size);
        }
        else
        {
            dimension.Text(2, axis.Name!);
        }
    }

    private OnnxValue Shared(string name, Func<string, NamedTensor> make)
    {
        if (!_constants.TryGetValue(name, out var value))
        {
            value = Initializer(make(name));
            _constants.Add(name, value);
        }

        return value;
    }

    private void Declare(string name)
    {
        if (string.IsNullOrEmpty(name) || !_known.Add(name))
        {
            throw new ArgumentException($"The name '{name}' is empty or taken.", nameof(name));
        }
    }

    private string RequireKnown(OnnxValue value) => value == OnnxValue.None || _known.Contains(value.Name)
        ? value.Name
        : throw new ArgumentException($"The value '{value.Name}' does not exist in this graph.", nameof(value));
}
