using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FaceVoice.Index.Embedded.Rows;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

/// <summary>
/// A hierarchical navigable small world over the codes of a column (Malkov and Yashunin, arXiv:1603.09320): nodes are the column's first slots.
/// </summary>
/// <remarks>
/// One caller adds nodes while any number search, without locks: links are single integers that always name a node whose codes are in place, so a reader
/// that meets a list half rewritten walks a slightly different graph, never a wrong one. Dead rows stay as way points until compaction.
/// </remarks>
internal sealed unsafe partial class HnswGraph : IDisposable
{
    /// <summary>The most links of a node on the upper levels.</summary>
    public const int MaxNeighbours = 64;

    private const int ChunkNodes = 1 << 16;
    private const int MaxLevel = 24;
    private readonly CodeMatrix _codes;
    private readonly KernelPath _path;
    private readonly int _neighbours;
    private readonly int _buildEffort;
    private readonly int _nodeInts;
    private readonly ChunkedArray<int[]?> _upper = new(); // per node, the lists of levels 1 and up: [count, links…] each
    private readonly ConcurrentBag<GraphWalk> _walks = [];
    private nint[] _chunks = [];
    private long _entry = -1; // level << 32 | node
    private int _count;

    /// <summary>Makes an empty graph.</summary>
    /// <param name="codes">The column's codes.</param>
    /// <param name="neighbours">Links of a node on the upper levels; twice as many on the ground.</param>
    /// <param name="buildEffort">Nodes looked at when a node's links are chosen.</param>
    /// <param name="path">The kernel to compare with.</param>
    public HnswGraph(CodeMatrix codes, int neighbours, int buildEffort, KernelPath path)
    {
        (_codes, _neighbours, _buildEffort, _path) = (codes, neighbours, buildEffort, path);
        _nodeInts = 1 + (2 * neighbours);
    }

    ~HnswGraph() => Free();

    /// <summary>Nodes that searches can reach.</summary>
    public int Count => Volatile.Read(ref _count);

    public long MemoryBytes => _chunks.Length * (long)ChunkNodes * _nodeInts * sizeof(int);

    public void Dispose()
    {
        Free();
        _workers.ForEach(w => w.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>A node's links on a level: the count, then the links.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<int> Links(int node, int level)
    {
        if (level == 0)
        {
            return new Span<int>(GroundLinks(node), _nodeInts);
        }

        return _upper[node].AsSpan((level - 1) * (1 + _neighbours), 1 + _neighbours);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int* GroundLinks(int node) => (int*)Volatile.Read(ref _chunks)[node / ChunkNodes] + ((long)(node % ChunkNodes) * _nodeInts);

    private int LevelOf(int node) => _upper[node] is { } lists ? lists.Length / (1 + _neighbours) : 0;

    private void AddNode(int level)
    {
        if (_upper.Count / ChunkNodes == _chunks.Length)
        {
            nint[] grown = [.. _chunks, HugePages.Allocate((long)ChunkNodes * _nodeInts * sizeof(int))];
            Volatile.Write(ref _chunks, grown);
        }

        *GroundLinks(_upper.Count) = 0;
        _upper.Add(level == 0 ? null : new int[level * (1 + _neighbours)]);
    }

    private void Free()
    {
        foreach (var chunk in _chunks)
        {
            HugePages.Free(chunk);
        }

        _chunks = [];
    }
}
