using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

/// <content>
/// Nodes are added in small batches, in two steps that several threads share without locks: first every new node chooses its own links, among the graph
/// as it was and the others of its batch; then the lists of the nodes that were chosen take the new ones in, each list by one thread. So the graph
/// depends on the rows and their order alone, not on the number of threads.
/// </content>
internal sealed unsafe partial class HnswGraph
{
    /// <summary>The most nodes in a batch. Half of what a node is compared with is lost on its own batch when that is large beside the graph.</summary>
    public const int MaxBatch = 128;

    private const int GraphPerBatch = 16;
    private readonly List<GraphWorker> _workers = [];
    private readonly List<ulong> _backLinks = [];

    /// <summary>Adds slots of the column until the graph has <paramref name="end"/> nodes; one caller at a time.</summary>
    /// <param name="end">Slots below this have codes.</param>
    /// <param name="threads">Threads to share the work, the caller's own among them.</param>
    /// <param name="cancellationToken">Stops between batches, without an error.</param>
    public void Grow(int end, int threads, CancellationToken cancellationToken)
    {
        while (_workers.Count < threads)
        {
            _workers.Add(new GraphWorker(_codes.Dimensions));
        }

        while (Count < end && !cancellationToken.IsCancellationRequested)
        {
            AddBatch(Math.Min(end - Count, Math.Clamp(Count / GraphPerBatch, 1, MaxBatch)), threads);
        }
    }

    private void AddBatch(int size, int threads)
    {
        var first = Count;
        var (entry, top) = ((int)(uint)_entry, (int)(_entry >> 32)); // an empty graph has entry -1: level -1, below every level
        var (nextEntry, nextTop) = (entry, top);
        for (var node = first; node < first + size; node++)
        {
            var level = LevelFor(node);
            AddNode(level);
            (nextEntry, nextTop) = level > nextTop ? (node, level) : (nextEntry, nextTop);
        }

        Share(size, threads, (worker, i) => LinkNew(worker, first + i, first, size, entry, top));

        // Only now, when every level of the new nodes leads on, may others lead to them: a search that came here meanwhile would be stuck.
        CollectBackLinks(first, size);
        var pieces = Math.Min(threads * 4, _backLinks.Count);
        Share(pieces, threads, (worker, i) => LinkBack(worker, first, PieceStart(i, pieces), PieceStart(i + 1, pieces)));
        Volatile.Write(ref _count, first + size);
        if (nextTop > top)
        {
            Volatile.Write(ref _entry, ((long)nextTop << 32) | (uint)nextEntry);
        }
    }

    private void Share(int count, int threads, Action<GraphWorker, int> work)
    {
        if (threads == 1 || count == 1)
        {
            for (var i = 0; i < count; i++)
            {
                work(_workers[0], i);
            }

            return;
        }

        var next = -1;
        Parallel.For(0, threads, t =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                work(_workers[t], i);
            }
        });
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

    /// <summary>Chooses a new node's own links on all its levels.</summary>
    private void LinkNew(GraphWorker worker, int node, int first, int size, int entry, int top)
    {
        worker.Base.Set(_codes, node);
        var level = LevelOf(node);
        var (at, score) = top < 0 ? (-1, 0f) : Descend(worker.Base, entry, top, level);
        for (var l = level; l >= 0; l--)
        {
            worker.Candidates.Clear();
            if (l <= top)
            {
                Walk(worker.Walk, worker.Base, null, at, score, l, _buildEffort, first, CancellationToken.None);
                TakeFound(worker);
                (score, at) = worker.Candidates[0];
            }

            AddMates(worker, node, first, size, l);
            Choose(worker, _neighbours);
            SetLinks(worker.Candidates, Links(node, l));
        }
    }

    private static void TakeFound(GraphWorker worker)
    {
        while (worker.Walk.Found.Count > 0)
        {
            worker.Candidates.Add(worker.Walk.Found.Pop());
        }

        worker.Candidates.Reverse(); // best first
    }

    /// <summary>Joins the nodes of the same batch to what was found.</summary>
    private void AddMates(GraphWorker worker, int node, int first, int size, int level)
    {
        var (walk, count) = (worker.Walk, 0);
        for (var mate = first; mate < first + size; mate++)
        {
            if (mate != node && LevelOf(mate) >= level)
            {
                walk.Nodes[count++] = mate;
            }
        }

        ScoreNodes(walk, worker.Base, count);
        var worst = worker.Candidates.Count < _buildEffort ? float.NegativeInfinity : worker.Candidates[^1].Score;
        var found = worker.Candidates.Count;
        for (var i = 0; i < count; i++)
        {
            if (walk.Scores[i] > worst)
            {
                worker.Candidates.Add((walk.Scores[i], walk.Nodes[i]));
            }
        }

        if (worker.Candidates.Count > found)
        {
            Sort(worker.Candidates);
        }
    }

    private static void Sort(List<(float Score, int Node)> nodes) =>
        nodes.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Node.CompareTo(b.Node));

    /// <summary>
    /// Keeps candidates (best first) that are nearer to the base than to any kept before: links then point in different directions. Places that stay
    /// free are given to the best of those passed over.
    /// </summary>
    private void Choose(GraphWorker worker, int most)
    {
        var candidates = worker.Candidates;
        if (candidates.Count <= most)
        {
            return;
        }

        worker.PassedOver.Clear();
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
                worker.PassedOver.Add(candidate);
            }
        }

        for (var i = 0; i < worker.PassedOver.Count && kept < most; i++)
        {
            candidates[kept++] = worker.PassedOver[i];
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

    private static void SetLinks(List<(float Score, int Node)> nodes, Span<int> links)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            links[i + 1] = nodes[i].Node;
        }

        Volatile.Write(ref links[0], nodes.Count);
    }

    /// <summary>Lists who was chosen by whom, sorted by the list that is to change: <c>level, chosen node, new node's place in its batch</c>.</summary>
    private void CollectBackLinks(int first, int size)
    {
        _backLinks.Clear();
        for (var i = 0; i < size; i++)
        {
            for (var level = LevelOf(first + i); level >= 0; level--)
            {
                var links = Links(first + i, level);
                foreach (var chosen in links.Slice(1, links[0]))
                {
                    _backLinks.Add(((ulong)level << 48) | ((ulong)chosen << 8) | (uint)i);
                }
            }
        }

        _backLinks.Sort();
    }

    /// <summary>Where a piece of the back links begins: never within one list's.</summary>
    private int PieceStart(int piece, int pieces)
    {
        var start = (int)((long)_backLinks.Count * piece / pieces);
        while (start > 0 && start < _backLinks.Count && _backLinks[start] >> 8 == _backLinks[start - 1] >> 8)
        {
            start++;
        }

        return start;
    }

    private void LinkBack(GraphWorker worker, int first, int start, int end)
    {
        for (var i = start; i < end;)
        {
            var list = _backLinks[i] >> 8;
            var (node, level) = ((int)(list & 0xFF_FFFF_FFFF), (int)(list >> 40));
            var links = Links(node, level);
            var (walk, count) = (worker.Walk, links[0]);
            links.Slice(1, count).CopyTo(new Span<int>(walk.Nodes, count));
            for (; i < end && _backLinks[i] >> 8 == list; i++)
            {
                var added = first + (int)(_backLinks[i] & 0xFF);
                if (node < first || !links.Slice(1, links[0]).Contains(added)) // two of one batch may have chosen each other
                {
                    walk.Nodes[count++] = added;
                }
            }

            if (count < links.Length)
            {
                new Span<int>(walk.Nodes, count).CopyTo(links[1..]);
                Volatile.Write(ref links[0], count);
            }
            else
            {
                ChooseAnew(worker, node, count, links);
            }
        }
    }

    /// <summary>Chooses among a full list and those that want to be in it.</summary>
    private void ChooseAnew(GraphWorker worker, int node, int count, Span<int> links)
    {
        var walk = worker.Walk;
        worker.Base.Set(_codes, node);
        ScoreNodes(walk, worker.Base, count);
        worker.Candidates.Clear();
        for (var i = 0; i < count; i++)
        {
            worker.Candidates.Add((walk.Scores[i], walk.Nodes[i]));
        }

        Sort(worker.Candidates);
        Choose(worker, links.Length - 1);
        SetLinks(worker.Candidates, links);
    }
}
