using System.Globalization;
using System.Text.Json;

namespace FaceVoice.Index.Qdrant;

/// <summary>Points as Qdrant keeps them: keyword fields are arrays, so that a lone string is always a time.</summary>
internal static class QdrantPointJson
{
    public static string Format(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes a point with its stored vectors.</summary>
    public static void Write(Utf8JsonWriter json, IndexPoint point, VectorSpace space)
    {
        json.WriteStartObject();
        json.WriteString("id", PointUuid.Of(point.Id));
        json.WriteStartObject("vector");
        foreach (var (name, vector) in point.Vectors)
        {
            json.WritePropertyName(name);
            WriteVector(json, space.ToStored(name, vector.Span));
        }

        json.WriteEndObject();
        json.WriteStartObject("payload");
        json.WriteString(PayloadKey.PointId, point.Id);
        json.WriteString(PayloadKey.Modality, point.Modality.ToKeyword());
        if (point.Identity is { } identity)
        {
            json.WriteString(PayloadKey.Identity, identity);
        }

        foreach (var (key, value) in point.Payload)
        {
            WriteField(json, key, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<float> vector)
    {
        json.WriteStartArray();
        foreach (var value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Reads a point of an answer.</summary>
    public static IndexPoint ReadPoint(JsonElement point, VectorSpace space)
    {
        var (id, identity, modality, payload) = ReadPayload(point.GetProperty("payload"));
        var vectors = IndexPoint.NoVectors;
        if (point.TryGetProperty("vector", out var named) && named.ValueKind == JsonValueKind.Object)
        {
            vectors = named.EnumerateObject().ToDictionary(v => v.Name, v => (ReadOnlyMemory<float>)space.FromStored(v.Name, ReadVector(v.Value)), StringComparer.Ordinal);
        }

        return new IndexPoint { Id = id, Identity = identity, Modality = modality, Payload = payload, Vectors = vectors };
    }

    /// <summary>Reads a hit of an answer.</summary>
    public static SearchHit ReadHit(JsonElement point)
    {
        var (id, identity, modality, payload) = ReadPayload(point.GetProperty("payload"));
        var score = Math.Clamp(point.GetProperty("score").GetSingle(), -1f, 1f);
        return new SearchHit { Id = id, Score = score, Identity = identity, Modality = modality, Payload = payload };
    }

    private static float[] ReadVector(JsonElement vector)
    {
        var values = new float[vector.GetArrayLength()];
        var i = 0;
        foreach (var value in vector.EnumerateArray())
        {
            values[i++] = value.GetSingle();
        }

        return values;
    }

    private static void WriteField(Utf8JsonWriter json, string key, PayloadValue value)
    {
        switch (value.Kind)
        {
            case PayloadKind.Keywords:
                json.WriteStartArray(key);
                foreach (var keyword in value.Keywords)
                {
                    json.WriteStringValue(keyword);
                }

                json.WriteEndArray();
                break;
            case PayloadKind.Number:
                json.WriteNumber(key, value.Number);
                break;
            case PayloadKind.Time:
                json.WriteString(key, Format(value.Time));
                break;
        }
    }

    private static (string Id, string? Identity, PointModality Modality, Dictionary<string, PayloadValue> Fields) ReadPayload(JsonElement payload)
    {
        var fields = new Dictionary<string, PayloadValue>(StringComparer.Ordinal);
        string? id = null, identity = null;
        var modality = PointModality.Face;
        foreach (var field in payload.EnumerateObject())
        {
            switch (field.Name)
            {
                case PayloadKey.PointId:
                    id = field.Value.GetString();
                    break;
                case PayloadKey.Identity:
                    identity = field.Value.GetString();
                    break;
                case PayloadKey.Modality:
                    _ = PointModalityExtensions.TryParse(field.Value.GetString(), out modality);
                    break;
                default:
                    if (ReadField(field.Value) is { } value)
                    {
                        fields[field.Name] = value;
                    }

                    break;
            }
        }

        return (id ?? throw new InvalidDataException("A point has no point_id: it was not written by FaceVoice."), identity, modality, fields);
    }

    private static PayloadValue? ReadField(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            PayloadValue.FromKeywords([.. value.EnumerateArray().Select(v => v.GetString()!)]),
        JsonValueKind.Number => PayloadValue.FromNumber(value.GetDouble()),
        JsonValueKind.String when value.TryGetDateTimeOffset(out var time) => PayloadValue.FromTime(time),
        JsonValueKind.String => PayloadValue.FromKeywords(value.GetString()!),
        _ => null, // another program's field, of a type that has no meaning here
    };
}
