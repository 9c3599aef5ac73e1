using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>Decides how searches are answered, and answers them from one view.</summary>
internal sealed class SearchPlan(StoreState state, StoreView view, EmbeddedStoreOptions options)
{
    /// <summary>Above this many vectors the same effort finds too few, and the walk keeps four times as many.</summary>
    private const int LargeColumn = 300_000;

    /// <summary>Answers the requests in order.</summary>
    public List<IReadOnlyList<SearchHit>> Run(IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken)
    {
        var queries = new VectorQuery[requests.Count];
        try
        {
            for (var i = 0; i < queries.Length; i++)
            {
                queries[i] = Prepare(requests[i]);
            }

            foreach (var group in queries.GroupBy(q => (q.ColumnIndex, From: Walk(q, cancellationToken))))
            {
                if (group.Key.From < view.Slots[group.Key.ColumnIndex])
                {
                    ExactScanner.Scan(group.ToArray(), group.Key.From, options.Kernel, cancellationToken);
                }
            }

            return [.. queries.Select(q => q.Finish())];
        }
        finally
        {
            foreach (var query in queries)
            {
                query?.Dispose();
            }
        }
    }

    private VectorQuery Prepare(SearchRequest request)
    {
        var column = Array.FindIndex(state.Columns, c => c.Name == request.VectorName);
        RowBitmap? filter = request.Filter is { } condition ? new FilterEvaluator(state, view).Evaluate(condition) : null;
        return new VectorQuery(state, view, column, state.Space.ToStored(request.VectorName, request.Vector.Span), filter, request);
    }

    /// <summary>Walks the graph where that is worth it.</summary>
    /// <returns>The first slot that is still to be scanned: all of them where the graph was not used.</returns>
    private int Walk(VectorQuery query, CancellationToken cancellationToken)
    {
        if (query.Request.Exact || query.Column.Graph is not { } graph)
        {
            return 0;
        }

        var effort = query.Request.GraphEffort ?? Math.Max(options.GraphSearchEffort * (query.Slots > LargeColumn ? 4 : 1), query.Request.Limit * 2);
        var passing = query.Filter?.Count() ?? query.Slots;
        var covered = Math.Min(graph.Count, query.Slots); // before the walk: what is linked meanwhile is scanned
        if (covered < options.GraphMinPoints || passing < Math.Max(options.GraphMinPoints, query.Slots * options.GraphMinShare) || effort * 20 > covered)
        {
            return 0;
        }

        graph.Search(query, effort, covered, cancellationToken);
        return covered;
    }
}
