using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

internal sealed unsafe partial class HnswGraph
{
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
        WalkGround(walk, query, node, score, effort, cancellationToken);
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

    private float Score(CodeQuery query, int node) => CodeKernels.ScoreOne(_codes.Row(node), *_codes.Scale(node), query, _path);

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WalkGround(GraphWalk walk, VectorQuery query, int start, float startScore, int effort, CancellationToken cancellationToken)
    {
        walk.Visited.Begin(Count);
        walk.Open.Clear();
        walk.Found.Clear();
        walk.Visited.TryMark(start);
        walk.Open.Push(startScore, start);
        if (query.Admits(start))
        {
            walk.Found.Push(startScore, start);
        }

        for (var steps = 1; walk.Open.Count > 0; steps++)
        {
            var (score, node) = walk.Open.Pop();
            if (walk.Found.Count >= effort && score < walk.Found.TopScore)
            {
                break;
            }

            if ((steps & 0x3FF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var links = Links(node, 0);
            Prefetch(links);
            for (var i = 1; i <= links[0]; i++)
            {
                Visit(walk, query, links[i], effort);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(GraphWalk walk, VectorQuery query, int node, int effort)
    {
        if (!walk.Visited.TryMark(node))
        {
            return;
        }

        var score = Score(query.Codes, node);
        if (walk.Found.Count >= effort && score <= walk.Found.TopScore)
        {
            return;
        }

        walk.Open.Push(score, node);
        if (query.Admits(node))
        {
            walk.Found.Push(score, node);
            if (walk.Found.Count > effort)
            {
                walk.Found.Pop();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prefetch(ReadOnlySpan<int> links)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var i = 1; i <= links[0]; i++)
        {
            var row = _codes.Row(links[i]);
            for (var line = 0; line < Math.Min(256, _codes.Stride); line += 64)
            {
                Sse.Prefetch0(row + line);
            }
        }
    }
}
