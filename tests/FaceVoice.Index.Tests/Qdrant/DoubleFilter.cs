using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>The double's filters, written from the API's documentation and from nothing of the product's.</summary>
internal static class DoubleFilter
{
    public static bool Passes(JsonNode? filter, DoublePoint point)
    {
        if (filter is null)
        {
            return true;
        }

        var tree = filter.AsObject();
        DoubleError.MustHaveOnly(tree, "must", "should", "must_not", "min_should");
        return List(tree["must"]).All(c => Holds(c, point))
            && (List(tree["should"]) is not [_, ..] any || any.Any(c => Holds(c, point)))
            && !List(tree["must_not"]).Any(c => Holds(c, point));
    }

    private static List<JsonObject> List(JsonNode? conditions) => conditions switch
    {
        null => [],
        JsonArray array => [.. array.Select(c => c!.AsObject())],
        _ => [conditions.AsObject()],
    };

    private static bool Holds(JsonObject condition, DoublePoint point)
    {
        if (condition.ContainsKey("has_id"))
        {
            DoubleError.MustHaveOnly(condition, "has_id");
            return condition["has_id"]!.AsArray().Any(id => DoubleId.Of(id) == point.Id);
        }

        if (!condition.ContainsKey("key"))
        {
            return Passes(condition, point);
        }

        DoubleError.MustHaveOnly(condition, "key", "match", "range");
        var values = Values(point.Payload[(string)condition["key"]!]);
        return (condition["match"], condition["range"]) switch
        {
            ({ } match, null) => values.Any(v => Matches(match.AsObject(), v)),
            (null, { } range) => values.Any(v => LiesIn(range.AsObject(), v)),
            _ => throw new DoubleError(HttpStatusCode.BadRequest, "Expected some form of condition, which can be a field condition (like {\"key\": ..., \"match\": ... })"),
        };
    }

    private static IEnumerable<JsonNode> Values(JsonNode? field) => field switch
    {
        null => [],
        JsonArray array => array.OfType<JsonNode>(),
        _ => [field],
    };

    private static bool Matches(JsonObject match, JsonNode value)
    {
        var (kind, wanted) = match.Single();
        return kind switch
        {
            "value" => JsonNode.DeepEquals(wanted, value),
            "any" => wanted!.AsArray().Any(w => JsonNode.DeepEquals(w, value)),
            "except" => !wanted!.AsArray().Any(w => JsonNode.DeepEquals(w, value)),
            _ => throw new DoubleError(HttpStatusCode.BadRequest, $"the double knows no match by {kind}"),
        };
    }

    private static bool LiesIn(JsonObject range, JsonNode value)
    {
        DoubleError.MustHaveOnly(range, "gt", "gte", "lt", "lte");
        return range.All(bound =>
        {
            if (bound.Value is null)
            {
                return true;
            }

            if (Comparable(bound.Value) is not { } limit || Comparable(value) is not { } number || limit.GetType() != number.GetType())
            {
                return false;
            }

            var order = Comparer<object>.Default.Compare(number, limit);
            return bound.Key switch { "gt" => order > 0, "gte" => order >= 0, "lt" => order < 0, _ => order <= 0 };
        });
    }

    private static object? Comparable(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => (double)value,
        JsonValueKind.String when DateTimeOffset.TryParse((string)value!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => null,
    };
}
