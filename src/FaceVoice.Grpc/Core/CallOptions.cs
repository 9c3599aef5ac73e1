using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>What one call of a client is made with. Immutable.</summary>
/// <param name="headers">Metadata to send.</param>
/// <param name="deadline">When to stop waiting (UTC; local times are converted); null means never.</param>
/// <param name="cancellationToken">Cancels the call.</param>
/// <param name="writeOptions">How requests are written.</param>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
[SuppressMessage("Design", "CA1068:CancellationToken parameters must come last", Justification = "The signature is that of the gRPC API.")]
public readonly struct CallOptions(
    Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default, WriteOptions? writeOptions = null)
{
    /// <summary>Gets the metadata to send.</summary>
    public Metadata? Headers { get; } = headers;

    /// <summary>Gets when to stop waiting.</summary>
    public DateTime? Deadline { get; } = deadline;

    /// <summary>Gets what cancels the call.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Gets how requests are written.</summary>
    public WriteOptions? WriteOptions { get; } = writeOptions;

    /// <summary>The same with other metadata.</summary>
    public CallOptions WithHeaders(Metadata headers) => new(headers, Deadline, CancellationToken, WriteOptions);

    /// <summary>The same with another deadline.</summary>
    public CallOptions WithDeadline(DateTime deadline) => new(Headers, deadline, CancellationToken, WriteOptions);

    /// <summary>The same with another token.</summary>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) => new(Headers, Deadline, cancellationToken, WriteOptions);

    /// <summary>The same with other write options.</summary>
    public CallOptions WithWriteOptions(WriteOptions writeOptions) => new(Headers, Deadline, CancellationToken, writeOptions);
}
