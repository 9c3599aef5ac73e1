using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Training.Runs;

/// <summary>
/// The machine-readable log of a run, <c>log.jsonl</c>: one JSON object a line, flushed as written. Thread-safe.
/// Non-finite numbers are written as the strings "NaN", "Infinity" and "-Infinity", since JSON has none. No embeddings, no media.
/// </summary>
public sealed class RunLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private readonly TimeProvider _time;

    /// <summary>Opens the log for appending.</summary>
    /// <param name="path">The file; made where it is missing.</param>
    /// <param name="time">Where time stamps come from; the system's clock by default.</param>
    public RunLog(string path, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _writer = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    /// <summary>Writes one line: <c>{"time", "event", ...fields}</c>.</summary>
    /// <param name="eventName">What happened, for example <c>step</c> or <c>epoch</c>.</param>
    /// <param name="fields">The rest of the object; a number may be non-finite.</param>
    public void Write(string eventName, params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        var line = new JsonObject { ["time"] = _time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null), ["event"] = eventName };
        foreach (var (name, value) in fields)
        {
            line[name] = ToNode(value);
        }

        lock (_gate)
        {
            _writer.WriteLine(line.ToJsonString());
        }
    }

    /// <summary>Reads a log back; a half-written last line (a killed run) is left out.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line that is not the last is not a JSON object.</exception>
    public static IReadOnlyList<JsonObject> Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = reader.ReadToEnd().Split('\n');
        var entries = new List<JsonObject>(lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            if (Parse(lines[i]) is { } entry)
            {
                entries.Add(entry);
            }
            else if (i < lines.Length - 1 && lines[i].Length > 0)
            {
                throw new InvalidDataException($"{path}, line {i + 1}: not a JSON object.");
            }
        }

        return entries;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _writer.Dispose();

    /// <summary>Reads a number that may have been written as a word; null where the field is missing.</summary>
    /// <param name="entry">A line of the log.</param>
    /// <param name="name">The field.</param>
    public static double? Number(JsonObject entry, string name)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry[name] switch
        {
            JsonValue value when value.TryGetValue<double>(out var number) => number,
            JsonValue value when value.TryGetValue<string>(out var word) => word switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => null,
            },
            _ => null,
        };
    }

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        JsonNode node => node,
        bool flag => flag,
        string text => text,
        int number => number,
        long number => number,
        float number => FromDouble(number),
        double number => FromDouble(number),
        IEnumerable<string> texts => new JsonArray([.. texts.Select(text => (JsonNode?)text)]),
        IEnumerable<double> numbers => new JsonArray([.. numbers.Select(FromDouble)]),
        _ => throw new ArgumentException($"A log line cannot hold a {value.GetType().Name}.", nameof(value)),
    };

    private static JsonNode FromDouble(double number) => number switch
    {
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        double.NaN => "NaN",
        _ => number,
    };
}
