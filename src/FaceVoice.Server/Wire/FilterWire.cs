using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;
using Google.Protobuf.Collections;

namespace FaceVoice.Server.Wire;

/// <summary>Filters on the wire, bounded in depth and number.</summary>
internal static class FilterWire
{
    private const int MaxDepth = 16;
    private const int MaxConditions = 256;
    private const int MaxValues = 1000;

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
            // An empty "all" would let everything pass: too much for a slip in a deletion.
            Filter.KindOneofCase.All => IndexFilter.All(ConvertList(wire.All, "all", depth, ref left)),
            Filter.KindOneofCase.Any => IndexFilter.Any(ConvertList(wire.Any, "any", depth, ref left)),
            Filter.KindOneofCase.Not => IndexFilter.Not(Convert(wire.Not, depth - 1, ref left)),
            Filter.KindOneofCase.Keyword => IndexFilter.Match(Key(wire.Keyword.Key), Values(wire.Keyword.Values, "keyword")),
            Filter.KindOneofCase.Number => Number(wire.Number),
            Filter.KindOneofCase.Time => Time(wire.Time),
            Filter.KindOneofCase.Ids => IndexFilter.HasId(Values(wire.Ids.Values, "ids")),
            _ => throw Refusal.InvalidArgument("A filter has no condition: set one of all, any, not, keyword, number, time, ids."),
        };
    }

    private static IndexFilter[] ConvertList(FilterList wire, string kind, int depth, ref int left)
    {
        if (wire.Filters.Count == 0)
        {
            throw Refusal.InvalidArgument($"A filter \"{kind}\" needs at least one condition.");
        }

        var filters = new IndexFilter[wire.Filters.Count];
        for (var i = 0; i < filters.Length; i++)
        {
            filters[i] = Convert(wire.Filters[i], depth - 1, ref left);
        }

        return filters;
    }

    private static string[] Values(RepeatedField<string> values, string kind) => values.Count is > 0 and <= MaxValues
        ? [.. values]
        : throw Refusal.InvalidArgument($"A filter \"{kind}\" has {values.Count} values; 1 to {MaxValues} are needed.");

    private static NumberFilter Number(NumberCondition wire) => new(Key(wire.Key))
    {
        GreaterThan = wire.HasGreaterThan ? Bound(wire.GreaterThan) : null,
        AtLeast = wire.HasAtLeast ? Bound(wire.AtLeast) : null,
        LessThan = wire.HasLessThan ? Bound(wire.LessThan) : null,
        AtMost = wire.HasAtMost ? Bound(wire.AtMost) : null,
    };

    private static double Bound(double bound) =>
        double.IsFinite(bound) ? bound : throw Refusal.InvalidArgument("A bound of a number filter is not finite; leave it away where there is none.");

    private static TimeFilter Time(TimeCondition wire) => new(Key(wire.Key))
    {
        From = wire.HasFromUnixMicros ? AttributeWire.Time(wire.FromUnixMicros) : null,
        Until = wire.HasUntilUnixMicros ? AttributeWire.Time(wire.UntilUnixMicros) : null,
    };

    private static string Key(string key) =>
        PayloadKey.IsValid(key) ? key : throw Refusal.InvalidArgument("An attribute key has 1 to 64 of the characters A-Z a-z 0-9 _ -.");
}
