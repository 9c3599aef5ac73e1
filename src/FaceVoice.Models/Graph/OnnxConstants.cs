using FaceVoice.Models.Graph.Format;
using FaceVoice.Models.Sessions;
using Google.Protobuf;

namespace FaceVoice.Models.Graph;

/// <summary>Reads the constants of ONNX files, for code that builds another graph from the weights of one. Thread-safe.</summary>
public static class OnnxConstants
{
    /// <summary>All float32 and int64 constants by name: initializers and Constant nodes, those of the branches of an If included.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <exception cref="OnnxModelException">The file is missing or is no ONNX protobuf.</exception>
    public static IReadOnlyDictionary<string, NamedTensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var constants = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        try
        {
            Collect(ModelProto.Parser.ParseFrom(OnnxSession.ReadFile(path)).Graph ?? new GraphProto(), constants);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new OnnxModelException($"{path} is no ONNX file: {error.Message}", error);
        }

        return constants;
    }

    private static void Collect(GraphProto graph, Dictionary<string, NamedTensor> constants)
    {
        foreach (var tensor in graph.Initializer)
        {
            Add(tensor.Name, tensor, constants);
        }

        foreach (var node in graph.Node)
        {
            if (node.Is("Constant") && node.Find("value")?.T is { } value)
            {
                Add(node.Output[0], value, constants);
            }

            foreach (var inner in node.InnerGraphs())
            {
                Collect(inner, constants);
            }
        }
    }

    private static void Add(string name, TensorProto tensor, Dictionary<string, NamedTensor> constants)
    {
        if (tensor.IsFloat)
        {
            constants[name] = new NamedTensor(name, [.. tensor.Dims], tensor.Floats().ToArray());
        }
        else if (tensor.DataType == (int)TensorProto.Types.DataType.Int64 && !tensor.IsExternal)
        {
            constants[name] = new NamedTensor(name, [.. tensor.Dims], tensor.ReadIntegers());
        }
    }
}
