using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVoice.Index;

/// <summary>How a <see cref="QdrantVectorStore"/> reaches its server, and how it makes a collection that is not there yet.</summary>
public sealed record QdrantStoreOptions
{
    /// <summary>Gets the API key, sent as the header <c>api-key</c>; null for none. Never logged.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets the key whose secret rotation vectors are sent and stored under; null for none. A collection keeps the choice it was made with.</summary>
    public StoreKey? TemplateKey { get; init; }

    /// <summary>Gets how long one attempt may take.</summary>
    /// <value>The default is 30 s.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a call may take with all its attempts.</summary>
    /// <value>The default is 90 s.</value>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Gets the most attempts of a call that is safe to repeat; other calls get one.</summary>
    /// <value>The default is 4.</value>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>Gets the number of points in one request, 1 to 1,000.</summary>
    /// <value>The default is 500.</value>
    public int BatchSize { get; init; } = 500;

    /// <summary>Gets the number of shards of a new collection; null for the server's own choice.</summary>
    public int? ShardNumber { get; init; }

    /// <summary>Gets the number of copies of each shard of a new collection; null for the server's own choice.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Gets the number of copies that must have a write before it is acknowledged; null for the server's own choice, which is one.</summary>
    public int? WriteConsistencyFactor { get; init; }

    /// <summary>Gets whether a new collection searches 8-bit codes in memory and rescores with the float vectors on disk.</summary>
    /// <value>The default is true.</value>
    public bool Quantize { get; init; } = true;

    /// <summary>Gets the payload fields that a new collection indexes for filters, beside identity and modality.</summary>
    public IReadOnlyDictionary<string, PayloadKind> IndexedFields { get; init; } = new Dictionary<string, PayloadKind>();

    /// <summary>Gets where the store reports retries; never ids, names, vectors or keys.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>What time it is, for waits between attempts.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
