using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>Tells a mark from a point, without reading it.</summary>
    public static bool IsMark(string line) => line.StartsWith("{\"points_so_far\"", StringComparison.Ordinal);

    public static bool TryReadMark(string line, out long points, out string? cursor)
    {
        (points, cursor) = (0, null);
        if (!IsMark(line))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            points = document.RootElement.GetProperty("points_so_far").GetInt64();
            cursor = document.RootElement.GetProperty("next").GetString();
            return true;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false; // cut or damaged
        }
    }

    /// <summary>Reads the end line of a file: the mark after the last page.</summary>
    /// <returns>The number of points that the file has.</returns>
    /// <exception cref="InvalidDataException">There is none: the export was cut short, or is still being written.</exception>
    public static async Task<long> ReadEndAsync(string path, CancellationToken cancellationToken)
    {
        const int MostOfAMark = 1024;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        file.Position = Math.Max(0, file.Length - MostOfAMark);
        var tail = new byte[file.Length - file.Position];
        await file.ReadExactlyAsync(tail, cancellationToken).ConfigureAwait(false);
        var last = Encoding.UTF8.GetString(tail).TrimEnd('\r', '\n').Split('\n')[^1];
        return TryReadMark(last, out var points, out var cursor) && cursor is null
            ? points
            : throw new InvalidDataException(
                $"{path} is not whole: it does not end with the line that an export ends with. It was cut short, or is still being written; 'facevoice index export --resume' completes it.");
    }

    /// <summary>What stands for an id where a million of them are compared.</summary>
    public static UInt128 Fingerprint(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan()), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    /// <summary>Reads a line after the first; null for a mark.</summary>
    /// <exception cref="InvalidDataException">It is neither a point nor a mark; says which line, and what is wrong.</exception>
    public static IndexPoint? ReadPoint(string line, long number)
    {
        if (IsMark(line))
        {
            return TryReadMark(line, out _, out _) ? null : throw Damaged(number, "the mark after a page is damaged");
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return ReadPoint(document.RootElement, number);
        }
        catch (JsonException error)
        {
            throw Damaged(number, "it is not JSON", error);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or ArgumentException)
        {
            throw Damaged(number, "a value is not of the kind that an export writes", error);
        }
    }

    private static IndexPoint ReadPoint(JsonElement root, long number)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Damaged(number, "it is not a JSON object");
        }

        if (!PointModalityExtensions.TryParse(Required(root, "modality", number).GetString(), out var modality))
        {
            throw Damaged(number, "its \"modality\" is neither face nor voice");
        }

        var vectors = Required(root, "vectors", number).EnumerateObject()
            .ToDictionary(v => v.Name, v => (ReadOnlyMemory<float>)ReadVector(v, number), StringComparer.Ordinal);
        return new IndexPoint
        {
            Id = Required(root, "id", number).GetString() ?? throw Damaged(number, "its \"id\" is null"),
            Identity = root.TryGetProperty("identity", out var identity) ? identity.GetString() : null,
            Modality = modality,
            Vectors = vectors,
            Payload = root.TryGetProperty("payload", out var payload) ? payload.EnumerateObject().ToDictionary(f => f.Name, f => ReadField(f, number)) : IndexPoint.EmptyPayload,
        };
    }

    private static float[] ReadVector(JsonProperty vector, long number)
    {
        var bytes = vector.Value.ValueKind == JsonValueKind.String && vector.Value.TryGetBytesFromBase64(out var read) ? read : throw Damaged(number, $"its vector '{vector.Name}' is not base64");
        return bytes.Length % sizeof(float) == 0
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw Damaged(number, $"its vector '{vector.Name}' has {bytes.Length} bytes, which are not whole float32 numbers");
    }

    private static JsonElement Required(JsonElement root, string field, long number) =>
        root.TryGetProperty(field, out var value) ? value : throw Damaged(number, $"it has no \"{field}\"");

    private static InvalidDataException Damaged(long number, string what, Exception? innerException = null) => new($"Line {number} is not a point: {what}.", innerException);

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

    private static PayloadValue ReadField(JsonProperty field, long number) => field.Value.ValueKind switch
    {
        JsonValueKind.Array when field.Value.GetArrayLength() > 0 && field.Value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            PayloadValue.FromKeywords([.. field.Value.EnumerateArray().Select(v => v.GetString()!)]),
        JsonValueKind.Number => PayloadValue.FromNumber(field.Value.GetDouble()),
        JsonValueKind.String when field.Value.TryGetDateTimeOffset(out var time) => PayloadValue.FromTime(time),
        _ => throw Damaged(number, $"its field '{field.Name}' is neither keywords (an array of texts), a number nor a time (a text)"),
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
