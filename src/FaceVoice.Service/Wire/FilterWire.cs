using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Service.Guards;

namespace FaceVoice.Service.Wire;

/// <summary>Filters on the wire, bounded in depth and number.</summary>
internal static class FilterWire
{
    private const int MaxDepth = 16;
    private const int MaxConditions = 256;

    /// <summary>The filter of the index; null where the request has none.</summary>
    public static IndexFilter? FromWire(Filter? wire)
    {
        var left = MaxConditions;
        return wire is null ? null : Convert(wire, MaxDepth, ref left);
    }

    private static IndexFilter Convert(Filter wire, int depth, ref int left)
    {
        if (depth == 0 || --left < 0)
        {
            throw Refusal.InvalidArgument($"The filter is too large: at most {MaxDepth} levels and {MaxConditions} conditions are taken.");
        }

        return wire.KindCase switch
        {
            Filter.KindOneofCase.All => IndexFilter.All(ConvertList(wire.All, depth, ref left)),
            Filter.KindOneofCase.Any => Any(ConvertList(wire.Any, depth, ref left)),
            Filter.KindOneofCase.Not => IndexFilter.Not(Convert(wire.Not, depth - 1, ref left)),
            Filter.KindOneofCase.Keyword => IndexFilter.Match(Key(wire.Keyword.Key), [.. wire.Keyword.Values]),
            Filter.KindOneofCase.Number => Number(wire.Number),
            Filter.KindOneofCase.Time => Time(wire.Time),
            Filter.KindOneofCase.Ids => IndexFilter.HasId([.. wire.Ids.Values]),
            _ => throw Refusal.InvalidArgument("A filter has no condition: set one of all, any, not, keyword, number, time, ids."),
        };
    }

    private static IndexFilter[] ConvertList(FilterList wire, int depth, ref int left)
    {
        var filters = new IndexFilter[wire.Filters.Count];
        for (var i = 0; i < filters.Length; i++)
        {
            filters[i] = Convert(wire.Filters[i], depth - 1, ref left);
        }

        return filters;
    }

    private static IndexFilter Any(IndexFilter[] filters) =>
        filters.Length > 0 ? IndexFilter.Any(filters) : throw Refusal.InvalidArgument("A filter \"any\" needs at least one condition.");

    private static NumberFilter Number(NumberCondition wire) => new(Key(wire.Key))
    {
        GreaterThan = wire.HasGreaterThan ? wire.GreaterThan : null,
        AtLeast = wire.HasAtLeast ? wire.AtLeast : null,
        LessThan = wire.HasLessThan ? wire.LessThan : null,
        AtMost = wire.HasAtMost ? wire.AtMost : null,
    };

    private static TimeFilter Time(TimeCondition wire) => new(Key(wire.Key))
    {
        From = wire.HasFromUnixMicros ? AttributeWire.Time(wire.FromUnixMicros) : null,
        Until = wire.HasUntilUnixMicros ? AttributeWire.Time(wire.UntilUnixMicros) : null,
    };

    private static string Key(string key) =>
        PayloadKey.IsValid(key) ? key : throw Refusal.InvalidArgument("An attribute key has 1 to 64 of the characters A-Z a-z 0-9 _ -.");
}
