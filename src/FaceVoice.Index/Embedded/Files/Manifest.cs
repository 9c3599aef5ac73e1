using System.Text.Json.Serialization;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>Which files make up the store; replaced as one step, so a store is always that of the old manifest or of the new one.</summary>
internal sealed record Manifest
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required Guid Store { get; init; }

    /// <summary>Rises with every manifest.</summary>
    public required long Generation { get; init; }

    public required string ModelId { get; init; }

    public required SortedDictionary<string, int> Dimensions { get; init; }

    /// <summary>The ordinal of the first point that the log writes.</summary>
    public required ulong NextOrdinal { get; init; }

    public required string Log { get; init; }

    public required Guid LogUid { get; init; }

    /// <summary>The sequence of the log's first frame.</summary>
    public required ulong LogSequence { get; init; }

    public required List<SegmentEntry> Segments { get; init; }

    /// <summary>The list of removed rows; null where there is none.</summary>
    public FileEntry? Dead { get; init; }

    /// <summary>Saved graphs by vector name: derived data, rebuilt when missing or damaged.</summary>
    public required SortedDictionary<string, FileEntry> Graphs { get; init; }

    /// <summary>Tells a wrong encryption key; null where files are not encrypted.</summary>
    public string? EncryptionCheck { get; init; }

    /// <summary>Tells a wrong template key; null where vectors are stored as they are.</summary>
    public string? TemplateCheck { get; init; }

    public IndexSchema ToSchema() => new(ModelId, Dimensions);

    /// <summary>Every file that belongs to the store.</summary>
    public IReadOnlySet<string> FileNames()
    {
        HashSet<string> names = [Log, .. Graphs.Values.Select(g => g.Name)];
        if (Dead is { } dead)
        {
            names.Add(dead.Name);
        }

        foreach (var segment in Segments)
        {
            names.Add(segment.PointsName);
            foreach (var vector in Dimensions.Keys)
            {
                names.Add(segment.FloatsName(vector));
                names.Add(segment.CodesName(vector));
            }
        }

        return names;
    }

    /// <summary>One file with the id that its records are sealed for.</summary>
    internal sealed record FileEntry(string Name, Guid Uid, long Count);

    /// <summary>One segment: a stretch of rows, written once.</summary>
    internal sealed record SegmentEntry(Guid Uid, int Rows, long PointsBytes, SortedDictionary<string, int> Slots)
    {
        public string PointsName => $"seg-{Uid:N}.points";

        public string FloatsName(string vector) => $"seg-{Uid:N}.{vector}.f32";

        public string CodesName(string vector) => $"seg-{Uid:N}.{vector}.i8";
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
