using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

/// <summary>What one thread needs to link nodes; kept and used again.</summary>
internal sealed class GraphWorker(int dimensions) : IDisposable
{
    public GraphWalk Walk { get; } = new();

    /// <summary>The node whose links are being chosen.</summary>
    public CodeQuery Base { get; } = new(dimensions);

    /// <summary>Nodes that it may be linked to, best first.</summary>
    public List<(float Score, int Node)> Candidates { get; } = [];

    /// <summary>Candidates that were passed over.</summary>
    public List<(float Score, int Node)> PassedOver { get; } = [];

    public void Dispose() => Base.Dispose();
}
