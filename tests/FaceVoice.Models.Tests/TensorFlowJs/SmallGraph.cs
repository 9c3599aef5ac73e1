using System.Text;
using System.Text.Json.Nodes;
using FaceVoice.Models.Sessions;
using FaceVoice.Models.TensorFlowJs;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.TensorFlowJs;

/// <summary>A graph model of a few nodes, written as TensorFlow.js writes it, converted and run.</summary>
internal sealed class SmallGraph
{
    private readonly JsonArray _nodes = [];
    private readonly JsonArray _weights = [];
    private readonly List<byte> _bytes = [];

    public SmallGraph(params long[] inputShape) =>
        Node("x", "Placeholder", [], ("shape", new JsonObject { ["shape"] = Dimensions(inputShape) }));

    public SmallGraph Node(string name, string operation, string[] inputs, params (string Name, JsonObject Value)[] attributes)
    {
        var node = new JsonObject { ["name"] = name, ["op"] = operation, ["input"] = Array(inputs), ["attr"] = new JsonObject() };
        foreach (var (attribute, value) in attributes)
        {
            node["attr"]![attribute] = value;
        }

        _nodes.Add((JsonNode)node);
        return this;
    }

    public SmallGraph Floats(string name, long[] shape, params float[] values) =>
        Weight(name, "float32", shape, null, [.. values.SelectMany(BitConverter.GetBytes)]);

    public SmallGraph Integers(string name, params int[] values) =>
        Weight(name, "int32", [values.Length], null, [.. values.SelectMany(BitConverter.GetBytes)]);

    public SmallGraph Weight(string name, string type, long[] shape, JsonObject? quantization, byte[] bytes)
    {
        var weight = new JsonObject { ["name"] = name, ["dtype"] = type, ["shape"] = Array(shape) };
        if (quantization is not null)
        {
            weight["quantization"] = quantization;
        }

        _weights.Add((JsonNode)weight);
        _bytes.AddRange(bytes);
        return Node(name, "Const", []);
    }

    public static (string, JsonObject) Text(string name, string value) => (name, new JsonObject { ["s"] = Bytes(value) });

    public static (string, JsonObject) Flag(string name) => (name, new JsonObject { ["b"] = true });

    public static (string, JsonObject) Integers(string name, params long[] values) =>
        (name, new JsonObject { ["list"] = new JsonObject { ["i"] = Array(values.Select(value => value.ToString())) } });

    public static (string, JsonObject) Texts(string name, params string[] values) =>
        (name, new JsonObject { ["list"] = new JsonObject { ["s"] = Array(values.Select(Bytes)) } });

    /// <summary>Writes the two files and gives the path of the JSON.</summary>
    public string Write(TemporaryFolder folder, string format = "graph-model", string shard = "w.bin", int surplus = 0)
    {
        var root = new JsonObject
        {
            ["format"] = format,
            ["modelTopology"] = new JsonObject { ["node"] = _nodes.DeepClone() },
            ["weightsManifest"] = new JsonArray(new JsonObject { ["paths"] = new JsonArray(shard), ["weights"] = _weights.DeepClone() }),
        };
        File.WriteAllText(folder.File("model.json"), root.ToJsonString());
        File.WriteAllBytes(folder.File("w.bin"), [.. _bytes, .. new byte[surplus]]);
        return folder.File("model.json");
    }

    /// <summary>What the network gives at its one output.</summary>
    public float[] Run(float[] input, params long[] shape)
    {
        using var folder = new TemporaryFolder();
        using var session = OnnxSession.Load(TensorFlowJsModel.Read(Write(folder)).ToOnnx());
        using var result = session.Run(new OnnxInput("x", input, shape));
        return result.Floats(0).ToArray();
    }

    private static string Bytes(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static JsonArray Array<T>(IEnumerable<T> values) => [.. values.Select(value => JsonValue.Create(value))];

    private static JsonObject Dimensions(long[] shape) =>
        new() { ["dim"] = new JsonArray([.. shape.Select(size => (JsonNode)new JsonObject { ["size"] = size.ToString() })]) };
}
