namespace Grpc.Core;

/// <summary>One call, as its handler sees it. Valid until the handler has returned.</summary>
public abstract class ServerCallContext
{
    /// <summary>Gets the path of the method: <c>/service/method</c>.</summary>
    public string Method => MethodCore;

    /// <summary>Gets the authority that the caller addressed.</summary>
    public string Host => HostCore;

    /// <summary>Gets the address of the caller: <c>ipv4:ADDRESS:PORT</c>, <c>ipv6:[ADDRESS]:PORT</c> or <c>unix:</c>.</summary>
    public string Peer => PeerCore;

    /// <summary>Gets when the caller stops waiting (UTC); <see cref="DateTime.MaxValue"/> where it set no deadline.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>Gets the metadata that came with the call.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Gets a token that fires when the caller cancels or leaves, or the deadline passes.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Gets the metadata that goes out with the status.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>Gets or sets the status that the call ends with when its handler returns.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>Gets or sets how responses are written.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Gets what is known about the caller from its certificate.</summary>
    public AuthContext AuthContext => AuthContextCore;

    /// <summary>Gets a dictionary for interceptors and handlers to share things in.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>Gets the implementation of <see cref="Method"/>.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>Gets the implementation of <see cref="Host"/>.</summary>
    protected abstract string HostCore { get; }

    /// <summary>Gets the implementation of <see cref="Peer"/>.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>Gets the implementation of <see cref="Deadline"/>.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>Gets the implementation of <see cref="RequestHeaders"/>.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>Gets the implementation of <see cref="CancellationToken"/>.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>Gets the implementation of <see cref="ResponseTrailers"/>.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>Gets or sets the implementation of <see cref="Status"/>.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>Gets or sets the implementation of <see cref="WriteOptions"/>.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>Gets the implementation of <see cref="AuthContext"/>.</summary>
    protected abstract AuthContext AuthContextCore { get; }

    /// <summary>Gets the implementation of <see cref="UserState"/>.</summary>
    protected virtual IDictionary<object, object> UserStateCore => field ??= new Dictionary<object, object>();

    /// <summary>Sends the headers now; without it they leave with the first message.</summary>
    /// <exception cref="InvalidOperationException">They were sent already.</exception>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return WriteResponseHeadersAsyncCore(responseHeaders);
    }

    /// <summary>Does the work of <see cref="WriteResponseHeadersAsync"/>.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
}
