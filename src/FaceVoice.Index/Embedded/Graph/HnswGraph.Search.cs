using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

internal sealed unsafe partial class HnswGraph
{
    private const int CacheLine = 64;

    /// <summary>Walks towards a query and offers what it admits to its collector.</summary>
    /// <param name="query">The query; what it does not admit is walked through and not offered.</param>
    /// <param name="effort">Admitted nodes to keep while walking; more is slower and finds more.</param>
    /// <param name="end">Only nodes below this are offered.</param>
    /// <param name="cancellationToken">Looked at now and then.</param>
    public void Search(VectorQuery query, int effort, int end, CancellationToken cancellationToken)
    {
        var entry = Volatile.Read(ref _entry);
        if (entry < 0)
        {
            return;
        }

        var walk = _walks.TryTake(out var used) ? used : new GraphWalk();
        var (node, score) = Descend(query.Codes, (int)(uint)entry, (int)(entry >> 32), 0);
        Walk(walk, query.Codes, query, node, score, 0, effort, Count, cancellationToken);
        while (walk.Found.Count > 0)
        {
            var (found, slot) = walk.Found.Pop();
            if (slot < end)
            {
                query.Found.Offer(slot, found);
            }
        }

        _walks.Add(walk);
    }

    /// <summary>Goes greedily down from a level to just above another.</summary>
    private (int Node, float Score) Descend(CodeQuery query, int node, int level, int stop)
    {
        var score = Score(query, node);
        for (; level > stop; level--)
        {
            for (var moved = true; moved;)
            {
                moved = false;
                var links = Links(node, level);
                for (var i = 1; i <= links[0]; i++)
                {
                    var next = Score(query, links[i]);
                    if (next > score)
                    {
                        (node, score, moved) = (links[i], next, true);
                    }
                }
            }
        }

        return (node, score);
    }

    private float Score(CodeQuery query, int node) => CodeKernels.ScoreOne(_codes.Row(node), *_codes.Scale(node), query, _path);

    /// <summary>Leaves the best nodes of a level in <see cref="GraphWalk.Found"/>.</summary>
    /// <param name="walk">What the walk works with.</param>
    /// <param name="codes">What to walk towards.</param>
    /// <param name="gate">Admits nodes to the answer; null for all.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="startScore">Its score.</param>
    /// <param name="level">The level.</param>
    /// <param name="effort">Nodes to keep.</param>
    /// <param name="nodes">Nodes that there are.</param>
    /// <param name="cancellationToken">Looked at now and then.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk(GraphWalk walk, CodeQuery codes, VectorQuery? gate, int start, float startScore, int level, int effort, int nodes, CancellationToken cancellationToken)
    {
        var (open, found) = (walk.Open, walk.Found);
        walk.Visited.Begin(nodes);
        open.Clear();
        found.Clear();
        walk.Visited.Mark(start);
        open.Push(startScore, start);
        if (gate is null || gate.Admits(start))
        {
            found.Push(startScore, start);
        }

        for (var steps = 1; open.Count > 0; steps++)
        {
            var (score, node) = open.Pop();
            if (found.Count >= effort && score < found.TopScore)
            {
                break;
            }

            if ((steps & 0x3FF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var fresh = TakeFresh(walk, Links(node, level));
            ScoreNodes(walk, codes, fresh);
            TakeBetter(walk, gate, fresh, effort);
            if (level == 0 && open.Count > 0)
            {
                PrefetchLinks(open.TopNode);
            }
        }
    }

    /// <summary>Keeps the links that the walk has not seen. Without a branch: about half have been seen, and nobody can guess which.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int TakeFresh(GraphWalk walk, ReadOnlySpan<int> links)
    {
        var visited = walk.Visited;
        var nodes = walk.Nodes;
        var fresh = 0;
        foreach (var node in links.Slice(1, links[0]))
        {
            nodes[fresh] = node;
            fresh += visited.Mark(node);
        }

        return fresh;
    }

    /// <summary>Scores <see cref="GraphWalk.Nodes"/>: asks for all their codes first, for the memory answers many questions at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreNodes(GraphWalk walk, CodeQuery query, int count)
    {
        var nodes = walk.Nodes;
        var rows = walk.Rows;
        var scales = walk.Scales;
        var bytes = Math.Min(_codes.Stride, 512);
        for (var i = 0; i < count; i++)
        {
            var row = _codes.Row(nodes[i]);
            rows[i] = row;
            if (Sse.IsSupported)
            {
                for (var at = 0; at < bytes; at += CacheLine)
                {
                    Sse.Prefetch0(row + at);
                }
            }
        }

        for (var i = 0; i < count; i++)
        {
            scales[i] = *_codes.Scale(nodes[i]);
        }

        CodeKernels.ScoreAt(rows, scales, count, query, walk.Scores, _path);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeBetter(GraphWalk walk, VectorQuery? gate, int count, int effort)
    {
        var (open, found) = (walk.Open, walk.Found);
        for (var i = 0; i < count; i++)
        {
            var (score, node) = (walk.Scores[i], walk.Nodes[i]);
            var isFull = found.Count >= effort;
            if (isFull && score <= found.TopScore)
            {
                continue;
            }

            open.Push(score, node);
            if (gate is null || gate.Admits(node))
            {
                if (isFull)
                {
                    found.ReplaceTop(score, node);
                }
                else
                {
                    found.Push(score, node);
                }
            }
        }
    }

    private void PrefetchLinks(int node)
    {
        if (Sse.IsSupported)
        {
            var links = GroundLinks(node);
            for (var at = 0; at < _nodeInts; at += CacheLine / sizeof(int))
            {
                Sse.Prefetch0(links + at);
            }
        }
    }
}
