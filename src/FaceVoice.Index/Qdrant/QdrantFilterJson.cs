using System.Text.Json;

namespace FaceVoice.Index.Qdrant;

/// <summary>Writes filters as Qdrant reads them.</summary>
internal static class QdrantFilterJson
{
    /// <summary>Writes the property <c>filter</c>: the caller's condition, and never the point that holds the schema.</summary>
    public static void WriteProperty(Utf8JsonWriter json, IndexFilter? filter)
    {
        json.WriteStartObject("filter");
        if (filter is not null)
        {
            json.WriteStartArray("must");
            Write(json, filter);
            json.WriteEndArray();
        }

        json.WriteStartArray("must_not");
        WriteIds(json, [PointUuid.Schema]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IndexFilter filter)
    {
        switch (filter)
        {
            case BooleanFilter boolean:
                json.WriteStartObject();
                WriteList(json, "must", boolean.Must);
                WriteList(json, "should", boolean.Should);
                WriteList(json, "must_not", boolean.MustNot);
                json.WriteEndObject();
                break;
            case KeywordFilter keyword:
                WriteKeyword(json, keyword);
                break;
            case NumberFilter number:
                WriteRange(json, number.Key, number.GreaterThan, number.AtLeast, number.LessThan, number.AtMost, (name, value) => json.WriteNumber(name, value));
                break;
            case TimeFilter time:
                WriteRange(json, time.Key, time.After, time.From, time.Before, time.Until, (name, value) => json.WriteString(name, QdrantPointJson.Format(value)));
                break;
            case IdFilter ids:
                WriteIds(json, ids.Ids.Select(PointUuid.Of));
                break;
            default:
                throw new InvalidRequestException($"A filter of type {filter.GetType().Name} is not known here.");
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<IndexFilter> conditions)
    {
        if (conditions.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var condition in conditions)
        {
            Write(json, condition);
        }

        json.WriteEndArray();
    }

    private static void WriteKeyword(Utf8JsonWriter json, KeywordFilter filter)
    {
        json.WriteStartObject();
        json.WriteString("key", filter.Key);
        json.WriteStartObject("match");
        if (filter is { IsExcept: false, Values: [var only] })
        {
            json.WriteString("value", only);
        }
        else
        {
            json.WriteStartArray(filter.IsExcept ? "except" : "any");
            foreach (var value in filter.Values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRange<T>(Utf8JsonWriter json, string key, T? above, T? from, T? below, T? to, Action<string, T> write)
        where T : struct
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("range");
        foreach (var (name, bound) in new[] { ("gt", above), ("gte", from), ("lt", below), ("lte", to) })
        {
            if (bound is { } value)
            {
                write(name, value);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, IEnumerable<Guid> ids)
    {
        json.WriteStartObject();
        json.WriteStartArray("has_id");
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
