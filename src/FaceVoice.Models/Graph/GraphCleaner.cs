using FaceVoice.Models.Graph.Format;
using FaceVoice.Models.Sessions;
using Google.Protobuf;

namespace FaceVoice.Models.Graph;

/// <summary>
/// Makes networks fast without changing what they compute, when they are loaded: tiny weights become zero, dead channels are left out, PReLU becomes
/// operators that have fast kernels. Files stay as they are, and a network is still known by the hash of its file. Thread-safe.
/// </summary>
/// <remarks>
/// The packaged face encoder takes 10.9 ms as its file has it and 3.0 ms cleaned (AMD EPYC, one core), with embeddings equal to 2e-7.
/// </remarks>
public static class GraphCleaner
{
    /// <summary>Looks at a network without changing it.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <returns>What cleaning would find; null for what is no ONNX protobuf, or keeps its weights in other files: such a network is run as it is.</returns>
    /// <exception cref="OnnxModelException">The file cannot be read.</exception>
    public static GraphFindings? Inspect(string path) => Parse(OnnxSession.ReadFile(path)) is { } model ? Clean(model.Graph, apply: false, rewrite: false) : null;

    /// <summary>The network to run instead of the one in <paramref name="file"/>; the same array where there is nothing to clean.</summary>
    /// <param name="file">The content of an ONNX file.</param>
    /// <param name="rewrite">Whether to write PReLU in other operators too: right for the processor, needless elsewhere.</param>
    internal static byte[] Clean(byte[] file, bool rewrite)
    {
        if (Parse(file) is not { } model)
        {
            return file;
        }

        var found = Clean(model.Graph, apply: true, rewrite);
        return found.Denormals + found.TinyWeights + found.DeadChannels + (rewrite ? found.RewrittenActivations : 0) > 0 ? model.ToByteArray() : file;
    }

    private static GraphFindings Clean(GraphProto graph, bool apply, bool rewrite)
    {
        var (weights, denormals, tiny) = TinyWeights.Flush(graph, clear: true); // of this copy in memory: dead channels show only then
        var dead = ChannelPruning.Apply(graph, apply);
        var activations = PReluRewriting.Find(graph, new GraphIndex(graph)).Count;
        if (apply && rewrite && activations > 0)
        {
            PReluRewriting.Apply(graph);
        }

        return new GraphFindings { Weights = weights, Denormals = denormals, TinyWeights = tiny, DeadChannels = dead, RewrittenActivations = activations };
    }

    /// <summary>What ONNX Runtime may still be able to load (its own format, say) is not for us to judge.</summary>
    private static ModelProto? Parse(byte[] file)
    {
        try
        {
            var model = ModelProto.Parser.ParseFrom(file);
            return model.Graph is { } graph && !graph.Initializer.Any(tensor => tensor.IsExternal) ? model : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
