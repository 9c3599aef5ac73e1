namespace FaceVoice.Index.Embedded.Graph;

/// <summary>What one walk through the graph needs; kept and used again. One thread at a time.</summary>
internal sealed class GraphWalk
{
    public VisitedNodes Visited { get; } = new();

    /// <summary>Nodes to go on from, best first.</summary>
    public ScoredHeap Open { get; } = new(worstFirst: false);

    /// <summary>The best nodes so far, worst first.</summary>
    public ScoredHeap Found { get; } = new(worstFirst: true);
}
