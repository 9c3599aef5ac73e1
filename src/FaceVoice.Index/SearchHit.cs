namespace FaceVoice.Index;

/// <summary>A point that was found, without its vectors.</summary>
public sealed class SearchHit
{
    /// <summary>Gets the point's id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the cosine between query and point, in [-1, 1], from float32 vectors.</summary>
    public required float Score { get; init; }

    /// <summary>Gets who it is; null where that is not known.</summary>
    public string? Identity { get; init; }

    /// <summary>Gets what the point was made from.</summary>
    public required PointModality Modality { get; init; }

    /// <summary>Gets the point's typed fields.</summary>
    public IReadOnlyDictionary<string, PayloadValue> Payload { get; init; } = IndexPoint.EmptyPayload;
}
