using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>One search on its way: the query in both forms, what may pass, and what was found so far. One thread; dispose it.</summary>
internal sealed class VectorQuery : IDisposable
{
    private readonly StoreState _state;
    private readonly StoreView _view;
    private readonly bool _admitsAll; // nothing filters, and the view shows every row

    /// <summary>Makes a query.</summary>
    /// <param name="state">The state, leased by the caller.</param>
    /// <param name="view">The view to answer from.</param>
    /// <param name="column">The column's number.</param>
    /// <param name="unitVector">The query, of unit length, in the space of the stored vectors.</param>
    /// <param name="filter">The rows that may pass; null for all.</param>
    /// <param name="request">Limit and threshold.</param>
    public VectorQuery(StoreState state, StoreView view, int column, float[] unitVector, RowBitmap? filter, SearchRequest request)
    {
        (_state, _view, ColumnIndex, Vector, Filter, Request) = (state, view, column, unitVector, filter, request);
        _admitsAll = filter is null && view.Live == view.Rows;
        Codes = new CodeQuery(Column.Dimensions);
        Codes.Set(unitVector);
        var limit = Math.Max(1, Math.Min(request.Limit, view.LiveSlots[column]));
        Found = new CandidateCollector(limit, Codes.ErrorBound(Column.Codes.LargestResidual), request.ScoreThreshold);
    }

    public int ColumnIndex { get; }

    public VectorColumn Column => _state.Columns[ColumnIndex];

    /// <summary>Slots that the view shows.</summary>
    public int Slots => _view.Slots[ColumnIndex];

    public float[] Vector { get; }

    public CodeQuery Codes { get; }

    public RowBitmap? Filter { get; }

    public SearchRequest Request { get; }

    public CandidateCollector Found { get; }

    /// <summary>Tells whether a slot may be in the answer.</summary>
    public bool Admits(int slot)
    {
        if (slot >= Slots)
        {
            return false;
        }

        if (_admitsAll)
        {
            return true;
        }

        var row = Column.Rows[slot];
        return (Filter is not { } filter || filter.Contains(row)) && _state.IsVisible(row, _view);
    }

    /// <summary>Rescores what was found with the float vectors and reads the best points.</summary>
    public List<SearchHit> Finish()
    {
        var best = Rescore();
        var hits = new List<SearchHit>(best.Count);
        foreach (var (score, slot) in best)
        {
            var point = _view.Sources.ReadPoint(Column.Rows[slot]);
            hits.Add(new SearchHit { Id = point.Id, Score = score, Identity = point.Identity, Modality = point.Modality, Payload = point.Payload });
        }

        return hits;
    }

    public void Dispose() => Codes.Dispose();

    private List<(float Score, int Slot)> Rescore()
    {
        var scratch = new float[Column.Dimensions];
        var worstFirst = new PriorityQueue<(float Score, int Slot), (float Score, int NegativeSlot)>();
        foreach (var (estimate, slot) in Found.Sorted())
        {
            var isFull = worstFirst.Count == Request.Limit;
            if (isFull && estimate + Found.Bound < worstFirst.Peek().Score)
            {
                break; // no later estimate can reach the k-th score either
            }

            var score = Math.Clamp(_view.Sources.Dot(ColumnIndex, slot, Vector, scratch), -1f, 1f);
            if (score < Request.ScoreThreshold)
            {
                continue;
            }

            worstFirst.Enqueue((score, slot), (score, -slot));
            if (isFull)
            {
                worstFirst.Dequeue();
            }
        }

        var best = new List<(float, int)>(worstFirst.Count);
        while (worstFirst.TryDequeue(out var item, out _))
        {
            best.Add(item);
        }

        best.Reverse();
        return best;
    }
}
