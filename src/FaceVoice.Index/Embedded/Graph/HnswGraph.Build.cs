using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

internal sealed unsafe partial class HnswGraph
{
    private readonly GraphWalk _builder;
    private readonly CodeQuery _inserted;
    private readonly List<(float Score, int Node)> _candidates = [];
    private readonly List<(float Score, int Node)> _rivals = [];

    /// <summary>Adds the next slot of the column; one thread only.</summary>
    public void Insert()
    {
        var node = Count;
        var level = LevelFor(node);
        AddNode(level);
        if (_entry < 0)
        {
            Volatile.Write(ref _count, 1);
            Volatile.Write(ref _entry, ((long)level << 32) | (uint)node);
            return;
        }

        _inserted.Set(_codes, node);
        var top = (int)(_entry >> 32);
        var (at, score) = Descend(_inserted, (int)(uint)_entry, top, level);
        for (var l = Math.Min(level, top); l >= 0; l--)
        {
            WalkLevel(at, score, l);
            TakeFound();
            (score, at) = _candidates[0];
            Choose(_candidates, _neighbours);
            SetOwn(node, l);
        }

        // Only now, when every level of the node leads on, may others lead to it: a search that came here meanwhile would be stuck.
        for (var l = Math.Min(level, top); l >= 0; l--)
        {
            LinkBack(node, l);
        }

        Volatile.Write(ref _count, node + 1);
        if (level > top)
        {
            Volatile.Write(ref _entry, ((long)level << 32) | (uint)node);
        }
    }

    /// <summary>Levels fall off geometrically; drawn from the node's number, so that the same rows give the same graph.</summary>
    private int LevelFor(int node)
    {
        var mixed = ((ulong)node + 1) * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        var uniform = (((mixed ^ (mixed >> 31)) >> 11) + 1) / (double)(1UL << 53);
        return Math.Min(MaxLevel, (int)(-Math.Log(uniform) / Math.Log(_neighbours)));
    }

    private void WalkLevel(int start, float startScore, int level)
    {
        var (visited, open, found) = (_builder.Visited, _builder.Open, _builder.Found);
        visited.Begin(Count + 1);
        open.Clear();
        found.Clear();
        visited.TryMark(start);
        visited.TryMark(Count); // the node that is being inserted
        open.Push(startScore, start);
        found.Push(startScore, start);
        while (open.Count > 0)
        {
            var (score, node) = open.Pop();
            if (found.Count >= _buildEffort && score < found.TopScore)
            {
                break;
            }

            var links = Links(node, level);
            Prefetch(links);
            for (var i = 1; i <= links[0]; i++)
            {
                if (!visited.TryMark(links[i]))
                {
                    continue;
                }

                var next = Score(_inserted, links[i]);
                if (found.Count < _buildEffort || next > found.TopScore)
                {
                    open.Push(next, links[i]);
                    found.Push(next, links[i]);
                    if (found.Count > _buildEffort)
                    {
                        found.Pop();
                    }
                }
            }
        }
    }

    private void TakeFound()
    {
        _candidates.Clear();
        while (_builder.Found.Count > 0)
        {
            _candidates.Add(_builder.Found.Pop());
        }

        _candidates.Reverse(); // best first
    }

    /// <summary>
    /// Keeps candidates (best first) that are nearer to the base than to any kept before: links then point in different directions. Places that stay
    /// free are given to the best of those passed over.
    /// </summary>
    private void Choose(List<(float Score, int Node)> candidates, int most)
    {
        if (candidates.Count <= most)
        {
            return;
        }

        _rivals.Clear();
        var kept = 0;
        for (var i = 0; i < candidates.Count && kept < most; i++)
        {
            var candidate = candidates[i];
            if (IsNearestToBase(candidates, kept, candidate))
            {
                candidates[kept++] = candidate; // kept <= i: nothing unread is overwritten
            }
            else
            {
                _rivals.Add(candidate);
            }
        }

        for (var i = 0; i < _rivals.Count && kept < most; i++)
        {
            candidates[kept++] = _rivals[i];
        }

        candidates.RemoveRange(kept, candidates.Count - kept);
    }

    private bool IsNearestToBase(List<(float Score, int Node)> kept, int count, (float Score, int Node) candidate)
    {
        var row = _codes.Row(candidate.Node);
        var scale = *_codes.Scale(candidate.Node);
        for (var i = 0; i < count; i++)
        {
            var other = kept[i].Node;
            if (CodeKernels.DotRows(row, _codes.Row(other), _codes.Stride, _path) * scale * *_codes.Scale(other) > candidate.Score)
            {
                return false;
            }
        }

        return true;
    }

    private void SetOwn(int node, int level)
    {
        var own = Links(node, level);
        for (var i = 0; i < _candidates.Count; i++)
        {
            own[i + 1] = _candidates[i].Node;
        }

        Volatile.Write(ref own[0], _candidates.Count);
    }

    private void LinkBack(int node, int level)
    {
        var own = Links(node, level);
        for (var i = 1; i <= own[0]; i++)
        {
            var links = Links(own[i], level);
            if (links[0] < links.Length - 1)
            {
                links[links[0] + 1] = node;
                Volatile.Write(ref links[0], links[0] + 1);
            }
            else
            {
                Shrink(own[i], node, Score(_inserted, own[i]), links);
            }
        }
    }

    /// <summary>Chooses anew among a full list and one more.</summary>
    private void Shrink(int node, int added, float addedScore, Span<int> links)
    {
        var most = links.Length - 1;
        var row = _codes.Row(node);
        var scale = *_codes.Scale(node);
        var candidates = new List<(float Score, int Node)>(most + 1) { (addedScore, added) };
        for (var i = 1; i <= links[0]; i++)
        {
            candidates.Add((CodeKernels.DotRows(row, _codes.Row(links[i]), _codes.Stride, _path) * scale * *_codes.Scale(links[i]), links[i]));
        }

        candidates.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        Choose(candidates, most);
        for (var i = 0; i < candidates.Count; i++)
        {
            links[i + 1] = candidates[i].Node;
        }

        Volatile.Write(ref links[0], candidates.Count);
    }
}
