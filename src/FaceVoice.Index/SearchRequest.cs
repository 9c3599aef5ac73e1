namespace FaceVoice.Index;

/// <summary>A question for the nearest points.</summary>
public sealed class SearchRequest
{
    /// <summary>The largest <see cref="Limit"/>.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>Gets the name of the vector to compare, as in the schema.</summary>
    /// <value>The default is <see cref="FaceVoice.Index.VectorName.Joint"/>.</value>
    public string VectorName { get; init; } = FaceVoice.Index.VectorName.Joint;

    /// <summary>Gets the query: finite, not all zero, of the schema's length. It need not have unit length.</summary>
    public required ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>Gets the condition that hits must meet; null for none.</summary>
    public IndexFilter? Filter { get; init; }

    /// <summary>Gets the lowest score, a cosine in [-1, 1], that a hit may have; null for none.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>Gets the most hits to return, 1 to <see cref="MaxLimit"/>.</summary>
    /// <value>The default is 10.</value>
    public int Limit { get; init; } = 10;

    /// <summary>Gets whether every point must be looked at (recall 1.0) even where a graph would answer sooner.</summary>
    public bool Exact { get; init; }

    /// <summary>Gets how many candidates a walk keeps, for measurements; null for what the store's options say.</summary>
    internal int? GraphEffort { get; init; }
}

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
