using FaceVoice.Models.Graph.Format;

namespace FaceVoice.Models.Graph;

/// <summary>Who makes and who reads the values of a graph, and which of them are constants.</summary>
/// <remarks>It describes the graph as it was when this was made.</remarks>
internal sealed class GraphIndex
{
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public GraphIndex(GraphProto graph)
    {
        // A constant that is an input too may be replaced by the caller: it is no constant.
        var inputs = graph.Input.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer.Where(tensor => !inputs.Contains(tensor.Name)))
        {
            _constants[tensor.Name] = tensor;
        }

        foreach (var output in graph.Output)
        {
            Use(output.Name);
        }

        Visit(graph, isTop: true);
    }

    /// <summary>The constant of this name that no one can replace; null if it is none.</summary>
    public TensorProto? Constant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>How often a value is read: by nodes, by graphs within this one and as an output.</summary>
    public int Uses(string name) => _uses.GetValueOrDefault(name);

    /// <summary>The node of this graph that makes a value; null for inputs and constants.</summary>
    public NodeProto? Producer(string name) => _producers.GetValueOrDefault(name);

    /// <summary>The only reader of a value, a node of this graph; null if there are several, or it is an output or read by a graph within.</summary>
    public NodeProto? OnlyReader(string name) => Uses(name) == 1 ? _readers.GetValueOrDefault(name) : null;

    /// <summary>A name that nothing in the graph has yet, nor will have by another call: the one given, with a number if it is taken.</summary>
    public string Unused(string name)
    {
        var unused = name;
        for (var number = 2; !_names.Add(unused); number++)
        {
            unused = $"{name}_{number}";
        }

        return unused;
    }

    private void Visit(GraphProto graph, bool isTop)
    {
        _names.UnionWith(graph.Initializer.Select(tensor => tensor.Name));
        _names.UnionWith(graph.Input.Select(input => input.Name));
        foreach (var node in graph.Node)
        {
            foreach (var input in node.Input)
            {
                Use(input);
                if (isTop)
                {
                    _readers[input] = node;
                }
            }

            foreach (var output in node.Output)
            {
                _names.Add(output);
                if (isTop)
                {
                    _producers[output] = node;
                }
            }

            if (isTop && node is { OpType: "Constant", Output.Count: 1 } && node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } value)
            {
                _constants[node.Output[0]] = value;
            }

            foreach (var inner in node.InnerGraphs())
            {
                foreach (var output in inner.Output)
                {
                    Use(output.Name);
                }

                Visit(inner, isTop: false);
            }
        }
    }

    private void Use(string name) => _uses[name] = Uses(name) + 1;
}

/// <summary>Reading and writing of nodes.</summary>
internal static class NodeProtoExtensions
{
    extension(NodeProto node)
    {
        /// <summary>Whether this is the operator of that name in ONNX's own set.</summary>
        public bool Is(string operation) => node.OpType == operation && node.Domain is "" or "ai.onnx";

        public AttributeProto? Find(string attribute) => node.Attribute.FirstOrDefault(candidate => candidate.Name == attribute);

        /// <summary>The graphs that an If, Loop or Scan holds.</summary>
        public IEnumerable<GraphProto> InnerGraphs() =>
            node.Attribute.SelectMany(attribute => attribute.G is { } graph ? attribute.Graphs.Prepend(graph) : attribute.Graphs);
    }

    public static NodeProto Node(string operation, ReadOnlySpan<string> inputs, string output, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs.ToArray());
        node.Output.Add(output);
        node.Attribute.AddRange(attributes.ToArray());
        return node;
    }

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string name, ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values.ToArray());
        return attribute;
    }
}
