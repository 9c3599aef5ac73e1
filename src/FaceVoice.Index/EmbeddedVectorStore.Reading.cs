using System.Globalization;
using FaceVoice.Index.Embedded;
using FaceVoice.Index.Embedded.Rows;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index;

public sealed partial class EmbeddedVectorStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<IndexPoint>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Read<IReadOnlyList<IndexPoint>>((state, view) =>
        {
            var points = new List<IndexPoint>(ids.Count);
            foreach (var id in ids)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = state.Find(id, view);
                if (row >= 0)
                {
                    points.Add(ReadPoint(state, view, row, withVectors: true));
                }
            }

            return points;
        });
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        (await SearchAsync([request], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<SearchHit>>> SearchAsync(IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            PointRules.Check(request, Schema);
        }

        return Read<IReadOnlyList<IReadOnlyList<SearchHit>>>((state, view) => new SearchPlan(state, view, _options).Run(requests, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
    {
        PointRules.Check(request);
        var first = ParseCursor(request.Cursor);
        return Read((state, view) =>
        {
            var points = new List<IndexPoint>();
            foreach (var row in RowsThatPass(state, view, request.Filter, FirstRow(state, view, first)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (points.Count == request.Limit)
                {
                    return new ScrollPage { Points = points, NextCursor = state.Ordinal(row).ToString(CultureInfo.InvariantCulture) };
                }

                points.Add(ReadPoint(state, view, row, request.WithVectors));
            }

            return new ScrollPage { Points = points };
        });
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(IndexFilter? filter = null, CancellationToken cancellationToken = default)
    {
        PointRules.Check(filter);
        return Read((state, view) => filter is null ? view.Live : RowsThatPass(state, view, filter).LongCount());
    }

    /// <inheritdoc/>
    public Task<IndexStats> GetStatsAsync(CancellationToken cancellationToken = default) => Read((state, view) => new IndexStats
    {
        Backend = "embedded",
        Schema = Schema,
        Points = view.Live,
        PointsByVector = state.Columns.Select((c, i) => (c.Name, Count: (long)view.LiveSlots[i])).ToDictionary(c => c.Name, c => c.Count),
        GraphPoints = state.Columns.ToDictionary(c => c.Name, c => (long)(c.Graph?.Count ?? 0)),
        DeadPoints = view.Rows - view.Live,
        DiskBytes = new DirectoryInfo(Path).EnumerateFiles().Sum(f => f.Length),
        LogBytes = _writer.Log.Length,
        IsEncrypted = _maintenance.Keys.Encryption is not null,
        HasRenewableTemplates = _maintenance.Keys.Template is not null,
        IsReadOnly = _writer.IsReadOnly,
    });

    private Task<T> Read<T>(Func<StoreState, StoreView, T> read)
    {
        ThrowIfDisposed();
        using var state = Lease();
        return Task.FromResult(read(state, state.View));
    }

    private static ulong ParseCursor(string? cursor) => cursor is null ? 0
        : ulong.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal
        : throw new InvalidRequestException("The cursor is not one of this index.");

    private static IEnumerable<int> RowsThatPass(StoreState state, StoreView view, IndexFilter? filter, int start = 0)
    {
        var rows = filter is null ? Enumerable.Range(start, Math.Max(0, view.Rows - start)) : new FilterEvaluator(state, view).Evaluate(filter).Rows(start, view.Rows);
        return rows.Where(row => state.IsVisible(row, view));
    }

    private static int FirstRow(StoreState state, StoreView view, ulong ordinal)
    {
        int low = 0, high = view.Rows;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = state.Ordinal(middle) < ordinal ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static IndexPoint ReadPoint(StoreState state, StoreView view, int row, bool withVectors)
    {
        var point = view.Sources.ReadPoint(row);
        return new IndexPoint
        {
            Id = point.Id,
            Identity = point.Identity,
            Modality = point.Modality,
            Payload = point.Payload,
            Vectors = withVectors ? ReadVectors(state, view, row) : IndexPoint.NoVectors,
        };
    }

    private static Dictionary<string, ReadOnlyMemory<float>> ReadVectors(StoreState state, StoreView view, int row)
    {
        var vectors = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
        for (var i = 0; i < state.Columns.Length; i++)
        {
            var column = state.Columns[i];
            if (column.Slots[row] is var slot and >= 0)
            {
                var vector = new float[column.Dimensions];
                view.Sources.ReadVector(i, slot, vector);
                vectors[column.Name] = state.Space.FromStored(column.Name, vector);
            }
        }

        return vectors;
    }
}
