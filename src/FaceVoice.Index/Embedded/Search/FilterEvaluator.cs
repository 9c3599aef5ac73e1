using System.Collections.Concurrent;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>Turns a filter into the set of rows that pass it. Dead rows and rows newer than the view may be in the set: the view decides.</summary>
internal sealed class FilterEvaluator(StoreState state, StoreView view)
{
    /// <summary>The rows that pass. The result may be shared: it is not to be changed.</summary>
    /// <exception cref="InvalidRequestException">A field holds other kinds of values than the filter compares it with.</exception>
    public RowBitmap Evaluate(IndexFilter filter)
    {
        foreach (var (key, kind) in filter.Fields())
        {
            PointRules.RefuseOtherKind(key, kind, state.Payloads.KindsOf(key));
        }

        return Rows(filter);
    }

    private RowBitmap Rows(IndexFilter filter) => filter switch
    {
        BooleanFilter boolean => Join(boolean),
        KeywordFilter keyword => Keywords(keyword),
        NumberFilter number => Range(state.Payloads.Numbers(number.Key), value => IsWithin(value, number)),
        TimeFilter time => Range(state.Payloads.Times(time.Key), value => IsWithin(value, time)),
        IdFilter ids => Ids(ids),
        _ => throw new InvalidRequestException($"A filter of type {filter.GetType().Name} is not known here."),
    };

    private RowBitmap Join(BooleanFilter filter)
    {
        var rows = RowBitmap.Full(view.Rows);
        foreach (var condition in filter.Must)
        {
            rows.Keep(Rows(condition));
        }

        if (filter.Should.Count > 0)
        {
            var any = RowBitmap.Empty(view.Rows);
            foreach (var condition in filter.Should)
            {
                any.Add(Rows(condition));
            }

            rows.Keep(any);
        }

        foreach (var condition in filter.MustNot)
        {
            rows.Remove(Rows(condition));
        }

        return rows;
    }

    private RowBitmap Keywords(KeywordFilter filter)
    {
        if (state.Payloads.Keywords(filter.Key) is not { } values)
        {
            return RowBitmap.Empty(view.Rows);
        }

        if (filter is { IsExcept: false, Values: [var only] } && values.TryGetValue(only, out var one) && one.Bits is { } shared)
        {
            return shared;
        }

        var rows = RowBitmap.Empty(view.Rows);
        var wanted = filter.Values.ToHashSet(StringComparer.Ordinal);
        foreach (var list in filter.IsExcept ? values.Where(v => !wanted.Contains(v.Key)).Select(v => v.Value) : Lists(values, wanted))
        {
            Add(rows, list);
        }

        return rows;
    }

    private static IEnumerable<PostingList> Lists(ConcurrentDictionary<string, PostingList> values, HashSet<string> wanted)
    {
        foreach (var value in wanted)
        {
            if (values.TryGetValue(value, out var list))
            {
                yield return list;
            }
        }
    }

    private void Add(RowBitmap rows, PostingList list)
    {
        if (list.Bits is { } bits)
        {
            rows.Add(bits);
            return;
        }

        foreach (var row in list.Rows)
        {
            if (row >= view.Rows)
            {
                break;
            }

            rows.Add(row);
        }
    }

    private RowBitmap Range<T>(PayloadIndex.ValueColumn<T>? column, Func<T, bool> passes)
    {
        var rows = RowBitmap.Empty(view.Rows);
        for (var i = 0; i < (column?.Count ?? 0) && column!.Row(i) < view.Rows; i++)
        {
            if (passes(column.Value(i)))
            {
                rows.Add(column.Row(i));
            }
        }

        return rows;
    }

    private RowBitmap Ids(IdFilter filter)
    {
        var rows = RowBitmap.Empty(view.Rows);
        foreach (var id in filter.Ids)
        {
            var row = state.Find(id, view);
            if (row >= 0)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static bool IsWithin(double value, NumberFilter filter) =>
        !(value <= filter.GreaterThan) && !(value < filter.AtLeast) && !(value >= filter.LessThan) && !(value > filter.AtMost);

    private static bool IsWithin(long ticks, TimeFilter filter) =>
        !(ticks <= filter.After?.UtcTicks) && !(ticks < filter.From?.UtcTicks) && !(ticks >= filter.Before?.UtcTicks) && !(ticks > filter.Until?.UtcTicks);
}
