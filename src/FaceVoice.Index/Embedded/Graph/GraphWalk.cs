using System.Runtime.CompilerServices;
using FaceVoice.Index.Embedded.Search;

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

/// <summary>Marks the nodes that a walk has seen; clearing costs nothing 65,534 times out of 65,535. One walk at a time.</summary>
internal sealed class VisitedNodes
{
    private ushort[] _stamps = [];
    private ushort _now;

    /// <summary>Forgets all marks and makes room for nodes below <paramref name="count"/>.</summary>
    public void Begin(int count)
    {
        if (_stamps.Length < count)
        {
            _stamps = new ushort[(int)Math.Min(Array.MaxLength, Math.Max(count, 1024) * 3L / 2)];
            _now = 0;
        }

        if (++_now == 0)
        {
            Array.Clear(_stamps);
            _now = 1;
        }
    }

    /// <summary>Marks a node.</summary>
    /// <returns>1; 0 when it was marked, or came after the walk began.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Mark(int node)
    {
        var stamps = _stamps;
        if ((uint)node >= (uint)stamps.Length)
        {
            return 0;
        }

        var isFresh = stamps[node] != _now;
        stamps[node] = _now;
        return isFresh ? 1 : 0;
    }
}

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
