using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceVoice.Index;
using Spectre.Console;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>Shows points: a table for people, JSON lines for programs. Never vectors.</summary>
internal static class PointPrinter
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(IEnumerable<SearchHit> hits, bool asJson) =>
        Print(hits.Select(h => (h.Id, h.Identity, h.Modality, h.Payload, Score: (float?)h.Score)), asJson, withScore: true);

    public static void Print(IEnumerable<IndexPoint> points, bool asJson) =>
        Print(points.Select(p => (p.Id, p.Identity, p.Modality, p.Payload, Score: (float?)null)), asJson, withScore: false);

    /// <summary>One JSON object on a line of its own.</summary>
    public static void PrintJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        Console.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void Print(
        IEnumerable<(string Id, string? Identity, PointModality Modality, IReadOnlyDictionary<string, PayloadValue> Payload, float? Score)> points, bool asJson, bool withScore)
    {
        if (asJson)
        {
            foreach (var point in points)
            {
                PrintJson(json => WritePoint(json, point.Id, point.Identity, point.Modality, point.Payload, point.Score));
            }

            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns(withScore ? ["score", "identity", "modality", "id", "fields"] : ["identity", "modality", "id", "fields"]);
        foreach (var point in points)
        {
            string[] cells = [point.Identity ?? "–", point.Modality.ToKeyword(), point.Id, string.Join(' ', point.Payload.Select(f => $"{f.Key}={Show(f.Value)}"))];
            var score = point.Score?.ToString("F4", CultureInfo.InvariantCulture);
            table.AddRow([.. (score is null ? cells : [score, .. cells]).Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }

    private static void WritePoint(Utf8JsonWriter json, string id, string? identity, PointModality modality, IReadOnlyDictionary<string, PayloadValue> payload, float? score)
    {
        json.WriteString("id", id);
        if (score is { } known)
        {
            json.WriteNumber("score", known);
        }

        json.WriteString("identity", identity);
        json.WriteString("modality", modality.ToKeyword());
        json.WriteStartObject("payload");
        foreach (var (key, value) in payload)
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
                default:
                    json.WriteString(key, value.Time);
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static string Show(PayloadValue value) => value.Kind switch
    {
        PayloadKind.Keywords => string.Join(',', value.Keywords),
        PayloadKind.Number => value.Number.ToString("G6", CultureInfo.InvariantCulture),
        _ => value.Time.ToString("u", CultureInfo.InvariantCulture),
    };
}
