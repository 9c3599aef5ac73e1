using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FaceVoice.Index.Transfer;

/// <summary>The lines of a <see cref="PointFile"/>.</summary>
internal static class PointLine
{
    private const int Format = 1;
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Header(IndexSchema schema) => Line(json =>
    {
        json.WriteNumber("facevoice_points", Format);
        json.WriteString("model_id", schema.ModelId);
        json.WriteStartObject("dimensions");
        foreach (var (name, size) in schema.Dimensions)
        {
            json.WriteNumber(name, size);
        }

        json.WriteEndObject();
    });

    /// <summary>The mark after a page.</summary>
    public static byte[] Mark(long points, string? cursor) => Line(json =>
    {
        json.WriteNumber("points_so_far", points);
        json.WriteString("next", cursor);
    });

    public static byte[] Of(IndexPoint point) => Line(json =>
    {
        json.WriteString("id", point.Id);
        json.WriteString("identity", point.Identity);
        json.WriteString("modality", point.Modality.ToKeyword());
        json.WriteStartObject("vectors");
        foreach (var (name, vector) in point.Vectors)
        {
            json.WriteBase64String(name, MemoryMarshal.AsBytes(vector.Span));
        }

        json.WriteEndObject();
        json.WriteStartObject("payload");
        foreach (var (key, value) in point.Payload)
        {
            WriteField(json, key, value);
        }

        json.WriteEndObject();
    });

    /// <summary>Reads the first line.</summary>
    /// <exception cref="InvalidDataException">It is no header.</exception>
    public static IndexSchema ReadHeader(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("facevoice_points").GetInt32() != Format)
            {
                throw new InvalidDataException("The file has a format that this version does not read.");
            }

            return new IndexSchema(
                root.GetProperty("model_id").GetString()!, root.GetProperty("dimensions").EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetInt32()));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("The file does not begin with the header of exported points.", error);
        }
    }

    public static bool TryReadMark(string line, out long points, out string? cursor)
    {
        (points, cursor) = (0, null);
        if (!line.StartsWith("{\"points_so_far\"", StringComparison.Ordinal))
        {
            return false;
        }

        using var document = JsonDocument.Parse(line);
        points = document.RootElement.GetProperty("points_so_far").GetInt64();
        cursor = document.RootElement.GetProperty("next").GetString();
        return true;
    }

    /// <summary>Reads a line after the first; null for a mark.</summary>
    /// <exception cref="InvalidDataException">It is neither a point nor a mark; says which line.</exception>
    public static IndexPoint? ReadPoint(string line, long number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.TryGetProperty("points_so_far", out _))
            {
                return null;
            }

            if (!PointModalityExtensions.TryParse(root.GetProperty("modality").GetString(), out var modality))
            {
                throw new InvalidDataException("unknown modality");
            }

            return new IndexPoint
            {
                Id = root.GetProperty("id").GetString()!,
                Identity = root.TryGetProperty("identity", out var identity) ? identity.GetString() : null,
                Modality = modality,
                Vectors = root.GetProperty("vectors").EnumerateObject().ToDictionary(
                    v => v.Name, v => (ReadOnlyMemory<float>)MemoryMarshal.Cast<byte, float>(v.Value.GetBytesFromBase64()).ToArray(), StringComparer.Ordinal),
                Payload = root.TryGetProperty("payload", out var payload) ? payload.EnumerateObject().ToDictionary(f => f.Name, f => ReadField(f.Value)) : IndexPoint.EmptyPayload,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or InvalidDataException)
        {
            throw new InvalidDataException($"Line {number} is not a point: {error.Message}", error);
        }
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
                json.WriteString(key, value.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                break;
        }
    }

    private static PayloadValue ReadField(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => PayloadValue.FromKeywords([.. value.EnumerateArray().Select(v => v.GetString()!)]),
        JsonValueKind.Number => PayloadValue.FromNumber(value.GetDouble()),
        JsonValueKind.String => PayloadValue.FromTime(value.GetDateTimeOffset()),
        _ => throw new InvalidDataException("a payload field is neither keywords (an array), a number nor a time (a string)"),
    };

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
