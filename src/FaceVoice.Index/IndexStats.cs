namespace FaceVoice.Index;

/// <summary>How large a store is and what it is made of. A figure that the store cannot tell is null.</summary>
public sealed record IndexStats
{
    /// <summary>Gets the kind of store: <c>embedded</c> or <c>qdrant</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>Gets the model and the vector sizes.</summary>
    public required IndexSchema Schema { get; init; }

    /// <summary>Gets the number of points.</summary>
    public required long Points { get; init; }

    /// <summary>Gets the number of points that have each named vector.</summary>
    public IReadOnlyDictionary<string, long>? PointsByVector { get; init; }

    /// <summary>Gets the number of vectors that the approximate graph covers, by vector name.</summary>
    public IReadOnlyDictionary<string, long>? GraphPoints { get; init; }

    /// <summary>Gets the number of removed or replaced points whose bytes are on disk until the next compaction.</summary>
    public long? DeadPoints { get; init; }

    /// <summary>Gets the bytes on disk.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>Gets the bytes of the log that an opening would replay.</summary>
    public long? LogBytes { get; init; }

    /// <summary>Gets whether the files are encrypted.</summary>
    public bool? IsEncrypted { get; init; }

    /// <summary>Gets whether vectors are stored under a secret rotation.</summary>
    public bool? HasRenewableTemplates { get; init; }

    /// <summary>Gets whether the store refuses writes since a flush failed.</summary>
    public bool? IsReadOnly { get; init; }
}
