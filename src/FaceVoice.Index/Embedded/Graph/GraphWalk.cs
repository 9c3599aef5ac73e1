namespace FaceVoice.Index.Embedded.Graph;

/// <summary>What one walk through the graph needs; kept and used again. One thread at a time.</summary>
internal sealed unsafe class GraphWalk
{
    /// <summary>The most nodes that are scored at once: the longest list, or a list and everything that a batch may add to it.</summary>
    public const int Capacity = (2 * HnswGraph.MaxNeighbours) + HnswGraph.MaxBatch;

    // Pinned arrays: the pointers below hold as long as the walk does.
    private readonly int[] _nodes = GC.AllocateArray<int>(Capacity, pinned: true);
    private readonly nint[] _rows = GC.AllocateArray<nint>(Capacity, pinned: true);
    private readonly float[] _scales = GC.AllocateArray<float>(Capacity, pinned: true);
    private readonly float[] _scores = GC.AllocateArray<float>(Capacity, pinned: true);

    public GraphWalk()
    {
        fixed (int* nodes = _nodes)
        fixed (nint* rows = _rows)
        fixed (float* scales = _scales, scores = _scores)
        {
            Nodes = nodes;
            Rows = (byte**)rows;
            Scales = scales;
            Scores = scores;
        }
    }

    public VisitedNodes Visited { get; } = new();

    /// <summary>Nodes to go on from, best first.</summary>
    public ScoredHeap Open { get; } = new(worstFirst: false);

    /// <summary>The best nodes so far, worst first.</summary>
    public ScoredHeap Found { get; } = new(worstFirst: true);

    /// <summary>The nodes to be scored next, with their codes and scales, and then their scores.</summary>
    public int* Nodes { get; }

    public byte** Rows { get; }

    public float* Scales { get; }

    public float* Scores { get; }
}
