using System.CommandLine;
using System.Text.Json;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index stats</c>: how large an index is and what it is made of.</summary>
internal static class IndexStatsCommand
{
    public static Command Create()
    {
        var command = new Command("stats", "Tells how large an index is, which model it belongs to, and what waits for compaction; as JSON.");
        var place = new IndexPlace(command, offersServer: true);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            await using var store = await place.OpenAsync(parsed, null, cancellationToken);
            var stats = await store.GetStatsAsync(cancellationToken);
            PointPrinter.PrintJson(json =>
            {
                json.WriteString("backend", stats.Backend);
                json.WriteString("model_id", stats.Schema.ModelId);
                WriteCounts(json, "dimensions", stats.Schema.Dimensions.ToDictionary(d => d.Key, d => (long)d.Value));
                json.WriteNumber("points", stats.Points);
                WriteCounts(json, "points_by_vector", stats.PointsByVector);
                WriteCounts(json, "graph_points", stats.GraphPoints);
                WriteNumber(json, "dead_points", stats.DeadPoints);
                WriteNumber(json, "disk_bytes", stats.DiskBytes);
                WriteNumber(json, "log_bytes", stats.LogBytes);
                WriteFlag(json, "encrypted", stats.IsEncrypted);
                WriteFlag(json, "renewable_templates", stats.HasRenewableTemplates);
            });
            return ExitCode.Done;
        });
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long>? counts)
    {
        if (counts is null)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, count) in counts)
        {
            json.WriteNumber(key, count);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } known)
        {
            json.WriteBoolean(name, known);
        }
    }
}
