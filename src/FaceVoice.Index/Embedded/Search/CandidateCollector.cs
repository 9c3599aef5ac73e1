namespace FaceVoice.Index.Embedded.Search;

/// <summary>
/// Keeps every row whose estimate leaves it a chance to be among the best: with estimates at most <c>bound</c> off, a row further than twice that below
/// the k-th best estimate cannot be. So rescoring what is kept gives the exact answer.
/// </summary>
internal sealed class CandidateCollector
{
    private const int PruneFrom = 2048;
    private readonly int _limit;
    private readonly float _bound;
    private readonly float _floor;
    private readonly float[] _best; // a min-heap of the k best estimates
    private (float Estimate, int Slot)[] _kept = new (float, int)[256];
    private int _bestCount;
    private int _keptCount;
    private int _pruneAt = PruneFrom;

    public CandidateCollector(int limit, float bound, float? threshold)
    {
        (_limit, _bound) = (limit, bound);
        _floor = threshold is { } t ? t - bound : float.NegativeInfinity;
        _best = new float[limit];
        Cut = _floor;
    }

    /// <summary>Estimates below this need not be offered.</summary>
    public float Cut { get; private set; }

    public float Bound => _bound;

    public int Count => _keptCount;

    /// <summary>What is kept, best estimate first.</summary>
    public ReadOnlySpan<(float Estimate, int Slot)> Sorted()
    {
        Prune();
        var kept = _kept.AsSpan(0, _keptCount);
        kept.Sort(static (a, b) => a.Estimate != b.Estimate ? b.Estimate.CompareTo(a.Estimate) : a.Slot.CompareTo(b.Slot));
        return kept;
    }

    public void Offer(int slot, float estimate)
    {
        if (estimate < Cut)
        {
            return;
        }

        if (_keptCount == _kept.Length)
        {
            Array.Resize(ref _kept, _keptCount * 2);
        }

        _kept[_keptCount++] = (estimate, slot);
        Push(estimate);
        if (_keptCount >= _pruneAt)
        {
            Prune();
            _pruneAt = Math.Max(PruneFrom, _keptCount * 2);
        }
    }

    private void Prune()
    {
        var left = 0;
        for (var i = 0; i < _keptCount; i++)
        {
            if (_kept[i].Estimate >= Cut)
            {
                _kept[left++] = _kept[i];
            }
        }

        _keptCount = left;
    }

    private void Push(float estimate)
    {
        if (_bestCount < _limit)
        {
            var child = _bestCount++;
            for (; child > 0 && _best[(child - 1) / 2] > estimate; child = (child - 1) / 2)
            {
                _best[child] = _best[(child - 1) / 2];
            }

            _best[child] = estimate;
        }
        else if (estimate > _best[0])
        {
            SiftDown(estimate);
        }

        if (_bestCount == _limit)
        {
            Cut = Math.Max(_floor, _best[0] - (2 * _bound));
        }
    }

    private void SiftDown(float estimate)
    {
        var parent = 0;
        while (true)
        {
            var child = (2 * parent) + 1;
            if (child >= _limit)
            {
                break;
            }

            if (child + 1 < _limit && _best[child + 1] < _best[child])
            {
                child++;
            }

            if (_best[child] >= estimate)
            {
                break;
            }

            _best[parent] = _best[child];
            parent = child;
        }

        _best[parent] = estimate;
    }
}
