using System.Runtime.InteropServices;
using FaceVoice.Models.Graph.Format;
using FaceVoice.Models.Sessions;
using Google.Protobuf;

namespace FaceVoice.Models.Graph;

/// <summary>
/// Builds an ONNX model node by node and writes it as a file, without any native library: IR version 8, operator set 17 of the default domain.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// Nodes must be added in an order in which every value exists before it is used; the builder checks that, and ONNX Runtime checks the operators'
/// own rules when it loads the model. Equal constants that are given the same name are written once. The messages are those of <c>onnx.proto</c>.
/// </remarks>
public sealed class OnnxGraphBuilder
{
    /// <summary>The IR version of the files written.</summary>
    public const int IrVersion = 8;

    /// <summary>The version of the default operator set that the nodes are read by.</summary>
    public const int OperatorSet = 17;

    private readonly GraphProto _graph;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxValue> _constants = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Starts an empty graph.</summary>
    /// <param name="name">The graph's name in tools that show it.</param>
    public OnnxGraphBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _graph = new GraphProto { Name = name };
    }

    /// <summary>Declares an input.</summary>
    /// <param name="name">The name that callers feed it by.</param>
    /// <param name="element">Its element type.</param>
    /// <param name="shape">Its axes.</param>
    public OnnxValue Input(string name, TensorElement element, params ReadOnlySpan<OnnxAxis> shape)
    {
        Declare(name);
        _graph.Input.Add(ValueInfo(name, element, shape));
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
        _graph.Node.Add(NodeProtoExtensions.Node("Identity", [RequireKnown(value)], name));
        _graph.Output.Add(ValueInfo(name, element, shape));
    }

    /// <summary>Adds a weight or a constant under its own name.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the tensor is of double precision.</exception>
    public OnnxValue Initializer(NamedTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Declare(tensor.Name);
        var message = new TensorProto
        {
            Name = tensor.Name,
            DataType = (int)(tensor.ElementType switch
            {
                Models.TensorElementType.Float32 => TensorProto.Types.DataType.Float,
                Models.TensorElementType.Int64 => TensorProto.Types.DataType.Int64,
                _ => throw new ArgumentException($"A graph takes float32 and int64 constants, not {tensor}.", nameof(tensor)),
            }),
            RawData = ByteString.CopyFrom(tensor.ElementType == Models.TensorElementType.Float32
                ? MemoryMarshal.AsBytes(tensor.Floats.Span)
                : MemoryMarshal.AsBytes(tensor.Integers.Span)),
        };
        message.Dims.AddRange(tensor.Shape);
        _graph.Initializer.Add(message);
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
        var node = new NodeProto { OpType = operation, Name = $"{operation}_{_graph.Node.Count}" };
        foreach (var input in inputs)
        {
            node.Input.Add(RequireKnown(input));
        }

        var made = new OnnxValue[outputs];
        for (var i = 0; i < outputs; i++)
        {
            made[i] = new OnnxValue(outputs == 1 ? node.Name : $"{node.Name}_{i}");
            Declare(made[i].Name);
            node.Output.Add(made[i].Name);
        }

        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute.Message);
        }

        _graph.Node.Add(node);
        return made;
    }

    /// <summary>Attaches a text to the model that programs can read without running it.</summary>
    public void Metadata(string key, string value) => _metadata[key] = value;

    /// <summary>The finished file. The same graph gives the same bytes.</summary>
    /// <exception cref="InvalidOperationException">The graph has no output.</exception>
    public byte[] ToArray()
    {
        if (_graph.Output.Count == 0)
        {
            throw new InvalidOperationException("A graph needs an output.");
        }

        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "FaceVoice", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        model.MetadataProps.AddRange(_metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model.ToByteArray();
    }

    private static ValueInfoProto ValueInfo(string name, TensorElement element, ReadOnlySpan<OnnxAxis> axes)
    {
        var shape = new TensorShapeProto();
        foreach (var axis in axes)
        {
            shape.Dim.Add(axis.Size is { } size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new() { DimParam = axis.Name! });
        }

        var type = element == TensorElement.Real32 ? TensorProto.Types.DataType.Float : TensorProto.Types.DataType.Int64;
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = shape } } };
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
