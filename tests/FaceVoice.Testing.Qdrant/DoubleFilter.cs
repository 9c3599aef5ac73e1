using System.Globalization;
using Qdrant.Client.Grpc;

namespace FaceVoice.Testing.Qdrant;

/// <summary>A double's filters, written from the API's documentation and from nothing of the product's.</summary>
internal static class DoubleFilter
{
    public static bool Passes(Filter? filter, DoublePoint point)
    {
        if (filter is null)
        {
            return true;
        }

        if (filter.MinShould is not null)
        {
            throw DoubleError.Invalid("the double knows no min_should");
        }

        return filter.Must.All(c => Holds(c, point))
            && (filter.Should.Count == 0 || filter.Should.Any(c => Holds(c, point)))
            && !filter.MustNot.Any(c => Holds(c, point));
    }

    /// <summary>The fields that a filter looks at.</summary>
    public static IEnumerable<string> Fields(Filter? filter) => filter is null ? [] : filter.Must.Concat(filter.Should).Concat(filter.MustNot).SelectMany(c => c.ConditionOneOfCase switch
    {
        Condition.ConditionOneOfOneofCase.Field => [c.Field.Key],
        Condition.ConditionOneOfOneofCase.IsEmpty => [c.IsEmpty.Key],
        Condition.ConditionOneOfOneofCase.Filter => Fields(c.Filter),
        _ => (IEnumerable<string>)[],
    });

    private static bool Holds(Condition condition, DoublePoint point) => condition.ConditionOneOfCase switch
    {
        Condition.ConditionOneOfOneofCase.Filter => Passes(condition.Filter, point),
        Condition.ConditionOneOfOneofCase.HasId => condition.HasId.HasId.Contains(point.Id),
        Condition.ConditionOneOfOneofCase.IsEmpty => Values(point, condition.IsEmpty.Key).Count == 0,
        Condition.ConditionOneOfOneofCase.Field => Values(point, condition.Field.Key).Exists(value => Holds(condition.Field, value)),
        _ => throw DoubleError.Invalid($"the double knows no condition {condition.ConditionOneOfCase}"),
    };

    /// <summary>The elements of a list, or the one value; nothing where the field is missing, null or an empty list.</summary>
    private static List<Value> Values(DoublePoint point, string key) => !point.Payload.TryGetValue(key, out var value) ? []
        : value.KindCase switch { Value.KindOneofCase.ListValue => [.. value.ListValue.Values], Value.KindOneofCase.NullValue => [], _ => [value] };

    private static bool Holds(FieldCondition field, Value value) => field switch
    {
        { Match: { } match } => Matches(match, value),
        { Range: { } range } => Number(value) is { } number
            && !(range.HasGt && number <= range.Gt) && !(range.HasGte && number < range.Gte) && !(range.HasLt && number >= range.Lt) && !(range.HasLte && number > range.Lte),
        { DatetimeRange: { } range } => value.HasStringValue && DateTimeOffset.TryParse(value.StringValue, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && !(time <= range.Gt?.ToDateTimeOffset()) && !(time < range.Gte?.ToDateTimeOffset()) && !(time >= range.Lt?.ToDateTimeOffset()) && !(time > range.Lte?.ToDateTimeOffset()),
        _ => throw DoubleError.Invalid($"the double knows no condition {field}"),
    };

    private static bool Matches(Match match, Value value) => value.HasStringValue && match.MatchValueCase switch
    {
        Match.MatchValueOneofCase.Keyword => value.StringValue == match.Keyword,
        Match.MatchValueOneofCase.Keywords => match.Keywords.Strings.Contains(value.StringValue),
        Match.MatchValueOneofCase.ExceptKeywords => !match.ExceptKeywords.Strings.Contains(value.StringValue),
        _ => throw DoubleError.Invalid($"the double knows no match by {match.MatchValueCase}"),
    };

    private static double? Number(Value value) => value.HasDoubleValue ? value.DoubleValue : value.HasIntegerValue ? value.IntegerValue : null;
}
