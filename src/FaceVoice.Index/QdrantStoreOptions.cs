using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVoice.Index;

/// <summary>How a <see cref="QdrantVectorStore"/> reaches its server, and how it makes a collection that is not there yet.</summary>
/// <remarks>What is null is left to the server and its cluster's configuration: it is not sent.</remarks>
public sealed record QdrantStoreOptions
{
    /// <summary>Gets the API key, sent as metadata <c>api-key</c>; null for none. Never logged.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets the key whose secret rotation vectors are sent and stored under; null for none. A collection keeps the choice it was made with.</summary>
    public StoreKey? TemplateKey { get; init; }

    /// <summary>Gets how long one attempt may take; the deadline that the server is told, too.</summary>
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

    /// <summary>Gets the largest answer that is taken, in bytes; a page of 10,000 points with vectors of 768 numbers has about 32 MB.</summary>
    /// <value>The default is 256 MiB.</value>
    public int MaxAnswerBytes { get; init; } = 256 << 20;

    /// <summary>Gets the order in which writes of several clients to one point are carried out.</summary>
    /// <value>The default is <see cref="QdrantWriteOrdering.Medium"/>: what was inserted once cannot differ between replicas.</value>
    public QdrantWriteOrdering Ordering { get; init; } = QdrantWriteOrdering.Medium;

    /// <summary>Gets how many replicas a read asks: <c>majority</c>, <c>quorum</c>, <c>all</c>, or their number; null for the server's choice, which is one.</summary>
    public string? ReadConsistency { get; init; }

    /// <summary>Gets the number of shards of a new collection.</summary>
    public int? ShardNumber { get; init; }

    /// <summary>Gets the number of copies of each shard of a new collection.</summary>
    public int? ReplicationFactor { get; init; }

    /// <summary>Gets the number of copies of a new collection that must have a write before it is acknowledged.</summary>
    public int? WriteConsistencyFactor { get; init; }

    /// <summary>Gets the keyword field that tells tenants apart: a new collection keeps the points of each together on the disk; null for none.</summary>
    public string? TenantField { get; init; }

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

/// <summary>Qdrant's orders of writes.</summary>
public enum QdrantWriteOrdering
{
    /// <summary>Any replica takes a write: two at once can end in different orders on two replicas.</summary>
    Weak = 0,

    /// <summary>Writes go through a leader that is chosen among the replicas that are up.</summary>
    Medium = 1,

    /// <summary>Writes go through the one permanent leader, and fail while it is down.</summary>
    Strong = 2,
}
