using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FaceVoice.Datasets.Manifest;
using FaceVoice.Datasets.Sources;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// A data set being written. A source counts as done when its part file has appeared under <c>.extract/parts</c>, which happens by renaming
/// after all of its media are in place; the manifest is made of the parts. So whatever moment the process dies at, a source is done or not,
/// and never twice. Thread-safe, except opening and closing. One process per shard.
/// </summary>
internal sealed class ExtractionFolder : IDisposable
{
    private const string StateName = ".extract";
    private readonly string _root;
    private readonly string _parts;
    private readonly string _failures;
    private readonly ExtractionShard _shard;
    private readonly FileStream _lock;

    private ExtractionFolder(string root, ExtractionShard shard, FileStream heldLock)
    {
        (_root, _shard, _lock) = (root, shard, heldLock);
        _parts = Path.Combine(root, StateName, "parts");
        _failures = Path.Combine(root, StateName, "failed");
    }

    public string ManifestPath => Path.Combine(_root, _shard.ManifestName);

    /// <summary>Opens or makes the folder.</summary>
    /// <exception cref="IOException">
    /// It holds other data and resuming was not asked for, was made with other options, or another process is at it.
    /// </exception>
    public static ExtractionFolder Open(string root, ExtractionOptions options, ExtractionShard shard, bool resume)
    {
        var state = Path.Combine(root, StateName);
        var begun = Path.Combine(state, $"{shard.ManifestName}.lock");
        if (!resume && (File.Exists(begun) || File.Exists(Path.Combine(root, shard.ManifestName))))
        {
            throw new IOException(
                $"{root} already holds a data set{(shard.IsWhole ? "" : " of this shard")}; continue it with --resume or name another folder.");
        }

        Directory.CreateDirectory(Path.Combine(state, "parts"));
        Directory.CreateDirectory(Path.Combine(state, "failed"));
        var folder = new ExtractionFolder(root, shard, Lock(begun));
        try
        {
            folder.RequireSameOptions(Path.Combine(state, "options.json"), options);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Whether a source was finished and its media are still there.</summary>
    public bool IsDone(ExtractionSource source)
    {
        var part = PartOf(source.Id);
        return File.Exists(part) && ReadPart(part).Samples.All(sample =>
            IsThere(sample.Face) && IsThere(sample.Voice));
    }

    /// <summary>The person whom a finished source was taken for; null for one that is not finished.</summary>
    public string? IdentityOf(ExtractionSource source) => File.Exists(PartOf(source.Id)) ? ReadPart(PartOf(source.Id)).Record.Identity : null;

    public bool HasFailed(ExtractionSource source) => File.Exists(FailureOf(source.Id));

    /// <summary>Removes what an earlier attempt at a source may have left.</summary>
    public void Clear(ExtractionSource source)
    {
        File.Delete(PartOf(source.Id));
        File.Delete(FailureOf(source.Id));
        foreach (var area in (string[])["faces", "voices"])
        {
            var folder = Path.Combine(_root, area, source.Identity.Person);
            if (Directory.Exists(folder))
            {
                foreach (var left in Directory.GetFiles(folder).Where(path => Path.GetFileName(path).StartsWith($"{source.Id}.", StringComparison.Ordinal)))
                {
                    File.Delete(left);
                }
            }
        }
    }

    /// <summary>Writes a media file whole or not at all.</summary>
    /// <returns>Its path as the manifest spells it.</returns>
    public string WriteMedia(ExtractionSource source, string area, string name, byte[] content)
    {
        var folder = Path.Combine(_root, area, source.Identity.Person);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{source.Id}.{name}");
        File.WriteAllBytes($"{path}.tmp", content);
        File.Move($"{path}.tmp", path, overwrite: true);
        return $"{area}/{source.Identity.Person}/{source.Id}.{name}";
    }

    /// <summary>Makes a source count as done.</summary>
    public void Complete(ExtractionSource source, SourceRecord record, IEnumerable<MediaSample> samples) => WriteDurably(
        PartOf(source.Id), [Line(record, ExtractionJson.Default.SourceRecord), .. samples.Select(sample => Line(sample, ExtractionJson.Default.MediaSample))]);

    public void Fail(ExtractionSource source, ExtractionFailure failure) =>
        WriteDurably(FailureOf(source.Id), [Line(failure, ExtractionJson.Default.ExtractionFailure)]);

    /// <summary>Writes the manifest of all finished sources of the shard, in the order of their ids, and tells what is in it.</summary>
    public (IReadOnlyList<SourceRecord> Sources, int Samples) WriteManifest()
    {
        var records = new List<SourceRecord>();
        var samples = 0;
        var temporary = $"{ManifestPath}.tmp";
        using (var manifest = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var path in Directory.EnumerateFiles(_parts, "*.jsonl").Where(IsOurs).Order(StringComparer.Ordinal))
            {
                var part = ReadPart(path);
                records.Add(part.Record);
                samples += part.Samples.Count;
                foreach (var sample in part.Samples)
                {
                    manifest.Write(Line(sample, ExtractionJson.Default.MediaSample));
                }
            }

            manifest.Flush(flushToDisk: true);
        }

        File.Move(temporary, ManifestPath, overwrite: true);
        return (records, samples);
    }

    public IReadOnlyList<ExtractionFailure> ReadFailures() =>
        [.. Directory.EnumerateFiles(_failures, "*.json").Where(IsOurs).Order(StringComparer.Ordinal)
            .Select(path => JsonSerializer.Deserialize(File.ReadAllBytes(path), ExtractionJson.Default.ExtractionFailure)!)];

    public void Dispose() => _lock.Dispose();

    private bool IsThere(string? media) => media is not null && new FileInfo(Path.Combine(_root, media)) is { Exists: true, Length: > 0 };

    private bool IsOurs(string path) => _shard.Contains(Path.GetFileNameWithoutExtension(path));

    private string PartOf(string id) => Path.Combine(_parts, $"{id}.jsonl");

    private string FailureOf(string id) => Path.Combine(_failures, $"{id}.json");

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new IOException($"Another process is writing {Path.GetDirectoryName(Path.GetDirectoryName(path))}.", error);
        }
    }

    private void RequireSameOptions(string path, ExtractionOptions options)
    {
        if (!File.Exists(path))
        {
            WriteDurably(path, [Line(options, ExtractionJson.Default.ExtractionOptions)]);
        }
        else if (JsonSerializer.Deserialize(File.ReadAllBytes(path), ExtractionJson.Default.ExtractionOptions) is var before && before != options)
        {
            throw new IOException($"{_root} was begun with other options: {before}; now they are {options}.");
        }
    }

    private static (SourceRecord Record, IReadOnlyList<MediaSample> Samples) ReadPart(string path)
    {
        var lines = File.ReadAllLines(path);
        return (JsonSerializer.Deserialize(lines[0], ExtractionJson.Default.SourceRecord)!,
            [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize(line, ExtractionJson.Default.MediaSample)!)]);
    }

    private static byte[] Line<T>(T value, JsonTypeInfo<T> type) => [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'];

    private static void WriteDurably(string path, IEnumerable<byte[]> lines)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var line in lines)
            {
                stream.Write(line);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>The head of a finished source's part file: what the report counts.</summary>
internal sealed record SourceRecord(
    string Source, string Identity, int Faces, int Voices, int People, double MediaSeconds, IReadOnlyList<string>? Warnings = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MediaSample))]
[JsonSerializable(typeof(ExtractionOptions))]
[JsonSerializable(typeof(ExtractionFailure))]
[JsonSerializable(typeof(ExtractionReport))]
[JsonSerializable(typeof(SourceRecord))]
internal sealed partial class ExtractionJson : JsonSerializerContext;
