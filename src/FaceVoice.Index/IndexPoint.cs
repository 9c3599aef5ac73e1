namespace FaceVoice.Index;

/// <summary>One enrolled face or voice. Stores read it during the call that passes it and keep no reference to its buffers.</summary>
public sealed class IndexPoint
{
    /// <summary>The longest id or identity, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>The most payload fields of one point, and the most values of one keyword field.</summary>
    public const int MaxFields = 64;

    /// <summary>Gets the id: 1 to <see cref="MaxNameBytes"/> UTF-8 bytes, unique in its store.</summary>
    public required string Id { get; init; }

    /// <summary>Gets who it is, as the caller names people; null where that is not known. At most <see cref="MaxNameBytes"/> UTF-8 bytes.</summary>
    public string? Identity { get; init; }

    /// <summary>Gets what the point was made from.</summary>
    public required PointModality Modality { get; init; }

    /// <summary>Gets the vectors by name: one or more of the schema's, each finite, not all zero, of the schema's length.</summary>
    public required IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors { get; init; }

    /// <summary>Gets the typed fields that filters can use; keys as in <see cref="PayloadKey"/>.</summary>
    public IReadOnlyDictionary<string, PayloadValue> Payload { get; init; } = EmptyPayload;

    internal static IReadOnlyDictionary<string, PayloadValue> EmptyPayload { get; } = new Dictionary<string, PayloadValue>();

    internal static IReadOnlyDictionary<string, ReadOnlyMemory<float>> NoVectors { get; } = new Dictionary<string, ReadOnlyMemory<float>>();
}
