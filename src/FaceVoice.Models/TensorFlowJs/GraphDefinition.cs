using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FaceVoice.Models.TensorFlowJs;

/// <summary>What the JSON of a graph model and its weight files say, checked for being complete.</summary>
internal sealed record GraphDefinition(
    string? GeneratedBy,
    IReadOnlyDictionary<string, GraphNode> Nodes,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, NamedTensor> Weights)
{
    public static GraphDefinition Parse(JsonElement root, string path, IncrementalHash hash)
    {
        if (root.TryGetProperty("format", out var format) && format.GetString() is { } name and not "graph-model")
        {
            throw new ModelFormatException(
                $"{path} is a '{name}' of TensorFlow.js; only tfjs_graph_model files are read.");
        }

        var nodes = new Dictionary<string, GraphNode>(StringComparer.Ordinal);
        foreach (var element in root.GetProperty("modelTopology").GetProperty("node").EnumerateArray())
        {
            var node = GraphNode.Parse(element);
            if (!nodes.TryAdd(node.Name, node))
            {
                throw new ModelFormatException($"{path}: two nodes are named '{node.Name}'.");
            }
        }

        var weights = WeightShards.Read(root.GetProperty("weightsManifest"), path, hash);
        var outputs = FindOutputs(root, nodes);
        foreach (var wanted in nodes.Values.SelectMany(node => node.Inputs).Concat(outputs))
        {
            if (!nodes.ContainsKey(wanted))
            {
                throw new ModelFormatException($"{path}: the node '{wanted}' is asked for and is not there.");
            }
        }

        return new GraphDefinition(root.TryGetProperty("generatedBy", out var by) ? by.GetString() : null, nodes, outputs, weights);
    }

    /// <summary>The outputs of the signature; of a model without one, the nodes that no other takes in.</summary>
    private static List<string> FindOutputs(JsonElement root, Dictionary<string, GraphNode> nodes)
    {
        if (root.TryGetProperty("signature", out var signature) && signature.TryGetProperty("outputs", out var outputs)
            && outputs.EnumerateObject().Any())
        {
            return [.. outputs.EnumerateObject()
                .Select(output => output.Value.TryGetProperty("name", out var name) ? name.GetString()! : output.Name)
                .Select(GraphNode.WithoutPort)];
        }

        var taken = nodes.Values.SelectMany(node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        return [.. nodes.Keys.Where(name => !taken.Contains(name))];
    }
}

/// <summary>One node: what it does to which others.</summary>
internal sealed record GraphNode(string Name, string Operation, IReadOnlyList<string> Inputs, JsonElement Attributes)
{
    public static GraphNode Parse(JsonElement element)
    {
        // "^name" only says that one node runs before another, which a network without side effects needs not know.
        IEnumerable<JsonElement> inputs = element.TryGetProperty("input", out var list) ? list.EnumerateArray() : [];
        return new GraphNode(
            element.GetProperty("name").GetString()!,
            element.GetProperty("op").GetString()!,
            [.. inputs.Select(input => input.GetString()!).Where(input => !input.StartsWith('^')).Select(WithoutPort)],
            element.TryGetProperty("attr", out var attributes) ? attributes.Clone() : default);
    }

    /// <summary>The node of <c>node:0</c>, a node's first result. Other results keep their number and so name no node.</summary>
    public static string WithoutPort(string input) => input.EndsWith(":0", StringComparison.Ordinal) ? input[..^2] : input;

    public bool Flag(string name) => Find(name, "b") is { } value && value.GetBoolean();

    public string Text(string name, string otherwise) => Find(name, "s") is { } value ? Decode(value) : otherwise;

    public IReadOnlyList<string> Texts(string name) =>
        Find(name, "list") is { } list && list.TryGetProperty("s", out var values) ? [.. values.EnumerateArray().Select(Decode)] : [];

    public IReadOnlyList<long> Integers(string name) =>
        Find(name, "list") is { } list && list.TryGetProperty("i", out var values) ? [.. values.EnumerateArray().Select(Integer)] : [];

    /// <summary>The declared shape; null where there is none. -1 stands for an axis of any size.</summary>
    public long[]? Shape() => Find("shape", "shape") is not { } shape ? null
        : !shape.TryGetProperty("dim", out var axes) ? []
        : [.. axes.EnumerateArray().Select(axis => axis.TryGetProperty("size", out var size) ? Integer(size) : -1)];

    private JsonElement? Find(string name, string kind) =>
        Attributes.ValueKind == JsonValueKind.Object && Attributes.TryGetProperty(name, out var attribute)
        && attribute.TryGetProperty(kind, out var value) ? value : null;

    // Protobuf's JSON writes 64-bit numbers as text and bytes in base 64; older converters wrote bytes as a list of codes.
    private static long Integer(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64();

    private static string Decode(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? string.Concat(value.EnumerateArray().Select(code => (char)code.GetByte()))
        : Encoding.UTF8.GetString(value.GetBytesFromBase64());
}
