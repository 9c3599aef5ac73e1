using FaceVoice.Index;
using FaceVoice.Protocol.V1;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>Filters as a server takes them.</summary>
internal static class FilterToWire
{
    public static Filter Convert(IndexFilter filter) => filter switch
    {
        KeywordFilter { IsExcept: true } except => new Filter { Not = Convert(IndexFilter.Match(except.Key, except.Values)) },
        KeywordFilter keyword => new Filter { Keyword = new KeywordCondition { Key = keyword.Key, Values = { keyword.Values } } },
        NumberFilter number => new Filter { Number = Number(number) },
        TimeFilter time => new Filter { Time = Time(time) },
        IdFilter ids => new Filter { Ids = new Keywords { Values = { ids.Ids } } },
        BooleanFilter boolean => All([.. Parts(boolean)]),
        _ => throw new NotSupportedException($"{filter.GetType().Name} has no form on the wire."),
    };

    private static IEnumerable<Filter> Parts(BooleanFilter filter)
    {
        foreach (var must in filter.Must)
        {
            yield return Convert(must);
        }

        if (filter.Should.Count > 0)
        {
            yield return new Filter { Any = List(filter.Should.Select(Convert)) };
        }

        foreach (var not in filter.MustNot)
        {
            yield return new Filter { Not = Convert(not) };
        }
    }

    private static Filter All(List<Filter> parts) => parts is [var only] ? only : new Filter { All = List(parts) };

    private static FilterList List(IEnumerable<Filter> filters)
    {
        var list = new FilterList();
        list.Filters.AddRange(filters);
        return list;
    }

    private static NumberCondition Number(NumberFilter filter)
    {
        var condition = new NumberCondition { Key = filter.Key };
        if (filter.GreaterThan is { } above)
        {
            condition.GreaterThan = above;
        }

        if (filter.AtLeast is { } least)
        {
            condition.AtLeast = least;
        }

        if (filter.LessThan is { } below)
        {
            condition.LessThan = below;
        }

        if (filter.AtMost is { } most)
        {
            condition.AtMost = most;
        }

        return condition;
    }

    /// <summary>Times are whole microseconds: after one is from the next.</summary>
    private static TimeCondition Time(TimeFilter filter)
    {
        var condition = new TimeCondition { Key = filter.Key };
        if ((filter.From is { } from ? Ceiling(from) : (long?)null) is var first && (filter.After is { } after ? Floor(after) + 1 : (long?)null) is var next && (first ?? next) is not null)
        {
            condition.FromUnixMicros = Math.Max(first ?? long.MinValue, next ?? long.MinValue);
        }

        if ((filter.Until is { } until ? Floor(until) : (long?)null) is var last && (filter.Before is { } before ? Ceiling(before) - 1 : (long?)null) is var previous && (last ?? previous) is not null)
        {
            condition.UntilUnixMicros = Math.Min(last ?? long.MaxValue, previous ?? long.MaxValue);
        }

        return condition;
    }

    private static long Floor(DateTimeOffset time) => (long)Math.Floor((decimal)(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    private static long Ceiling(DateTimeOffset time) => (long)Math.Ceiling((decimal)(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
