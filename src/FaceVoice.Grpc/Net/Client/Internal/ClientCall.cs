using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

/// <summary>One call of a client, of any of the four kinds: sends the request, reads the responses, and knows how it ended.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>, IDisposable
    where TRequest : class
    where TResponse : class
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    // Not linked, and without a timer of its own: nothing that would need disposing, and nothing that a cancellation after the end could miss.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _requestEncoding;
    private readonly Lock _endLock = new();
    private HttpResponseMessage? _response;
    private StreamedContent? _streamed;
    private Task _opened = Task.CompletedTask;
    private MessageReader? _reader;
    private Timer? _timer;
    private CancellationTokenRegistration _callerLeaves;
    private CancellationTokenRegistration _channelCloses;
    private TResponse? _current;
    private Status _status;
    private Metadata _trailers = Metadata.Empty;
    private int _deadlinePassed;
    private int _reading;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _options = options;
        Token = _cancellation.Token;
        _requestEncoding = options.Headers?.GetValue(GrpcHeader.EncodingRequest);
    }

    public Task<Metadata> ResponseHeadersAsync => _headers.Task;

    public CancellationToken Token { get; }

    public bool HasEnded => _ended.Task.IsCompleted;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    /// <summary>Sends the request. The content is made here, so that a message that is too large ends the call, not the program.</summary>
    public void Start(Func<HttpContent> createContent)
    {
        _callerLeaves = _options.CancellationToken.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this);
        _channelCloses = _channel.Shutdown.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this);
        try
        {
            var content = createContent();
            _streamed = content as StreamedContent;
            if (_options.Deadline is { } deadline && deadline != DateTime.MaxValue && !StartDeadline(deadline))
            {
                // After the content is known: a writer of requests waits for it, and is told by the end.
                content.Dispose();
                End(new Status(StatusCode.DeadlineExceeded, "The deadline had passed before the call began."), Metadata.Empty);
                return;
            }

            _opened = OpenAsync(CallRequest.Create(_channel, _method, _options, _requestEncoding, content));
        }
        catch (RpcException e)
        {
            End(e.Status, Metadata.Empty);
        }
    }

    public CompressionLevel? RequestCompression(WriteOptions? options) =>
        _requestEncoding == GzipCodec.Name && options?.Flags.HasFlag(WriteFlags.NoCompress) != true ? _channel.CompressionLevel : null;

    /// <summary>The response of a call that has one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        if (!await MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            throw End(new Status(StatusCode.Internal, "The call ended with OK, but without a response."), _trailers, replace: true);
        }

        var response = Current;
        return await MoveNext(CancellationToken.None).ConfigureAwait(false)
            ? throw End(new Status(StatusCode.Internal, "The call gave more than one response."), Metadata.Empty)
            : response;
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
        {
            throw new InvalidOperationException("Only one read can run at a time.");
        }

        try
        {
            using var registration = cancellationToken.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this);
            await _opened.ConfigureAwait(false);
            _current = HasEnded ? null : await ReadAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }

        return _current is not null || (_status.StatusCode == StatusCode.OK ? false : throw EndedException());
    }

    public Status GetStatus() => HasEnded ? _status : throw new InvalidOperationException("The call has not ended yet.");

    public Metadata GetTrailers() => HasEnded ? _trailers : throw new InvalidOperationException("The call has not ended yet.");

    public RpcException EndedException() => new(_status, _trailers);

    public void Cancel()
    {
        if (!HasEnded)
        {
            _cancellation.Cancel();
        }
    }

    /// <summary>The error of a write that failed: the status of the call if that is here or on its way, else what the failure tells.</summary>
    public async Task<RpcException> WriteFailedAsync(Exception failure)
    {
        await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromMilliseconds(250))).ConfigureAwait(false);
        return HasEnded ? EndedException() : new RpcException(ToStatus(failure));
    }

    public void Dispose()
    {
        if (!HasEnded)
        {
            End(new Status(StatusCode.Cancelled, "The call was disposed of."), Metadata.Empty);
        }
    }

    private bool StartDeadline(DateTime deadline)
    {
        var left = deadline.ToUniversalTime() - DateTime.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        if (left < LongestTimer)
        {
            _timer = new Timer(static call => ((ClientCall<TRequest, TResponse>)call!).OnDeadline(), this, left, Timeout.InfiniteTimeSpan);
        }

        return true;
    }

    private void OnDeadline()
    {
        // The mark comes first: comparing clocks afterwards would now and then take a deadline for a cancellation.
        Volatile.Write(ref _deadlinePassed, 1);
        Cancel();
    }

    private async Task OpenAsync(HttpRequestMessage request)
    {
        try
        {
            _response = await _channel.SendAsync(request, Token).ConfigureAwait(false);
            var headers = ResponseMetadata.Read(_response.Headers);
            if (ResponseMetadata.HttpError(_response) is { } error)
            {
                End(error, headers);
                return;
            }

            _headers.TrySetResult(headers);
            if (ResponseMetadata.Status(_response.Headers) is { } status)
            {
                End(status, headers); // trailers-only
                return;
            }

            var encoding = _response.Headers.TryGetValues(GrpcHeader.Encoding, out var values) ? values.First() : null;
            var body = await _response.Content.ReadAsStreamAsync(Token).ConfigureAwait(false);
            _reader = new MessageReader(PipeReader.Create(body), _channel.MaxReceiveMessageSize, encoding);
        }
        catch (Exception e) when (e is not InvalidOperationException || e is ObjectDisposedException)
        {
            End(ToStatus(e), Metadata.Empty);
        }
    }

    private async Task<TResponse?> ReadAsync()
    {
        try
        {
            if (await _reader!.ReadAsync(_method.ResponseMarshaller.ContextualDeserializer, Token).ConfigureAwait(false) is { } message)
            {
                return message;
            }

            var trailing = _response!.TrailingHeaders;
            End(
                ResponseMetadata.Status(trailing) ?? new Status(StatusCode.Internal, "The call ended without a gRPC status."),
                ResponseMetadata.Read(trailing));
        }
        catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            End(ToStatus(e), Metadata.Empty);
        }

        return null;
    }

    private Status ToStatus(Exception exception) =>
        exception is RpcException rpc ? rpc.Status
        : Volatile.Read(ref _deadlinePassed) != 0 ? new(StatusCode.DeadlineExceeded, "The deadline has passed.", exception)
        : Token.IsCancellationRequested ? new(StatusCode.Cancelled, "The call was cancelled by the client.", exception)
        : TransportErrors.ToStatus(exception);

    /// <summary>Ends the call once; the first end counts.</summary>
    private RpcException End(Status status, Metadata trailers, bool replace = false)
    {
        lock (_endLock)
        {
            if (!HasEnded || replace)
            {
                _status = status;
                _trailers = trailers;
                _ended.TrySetResult();
            }
        }

        Release();
        return EndedException();
    }

    private void Release()
    {
        _timer?.Dispose();
        _callerLeaves.Unregister();
        _channelCloses.Unregister();
        if (_headers.TrySetException(EndedException()))
        {
            _ = _headers.Task.Exception; // seen: whoever does not ask for the headers shall not hear of it
        }

        // Resets the stream where the server or we ended the call before all was sent or read.
        if (_status.StatusCode != StatusCode.OK || _streamed is { IsCompleted: false })
        {
            _cancellation.Cancel();
        }

        _streamed?.Abandon();
        _response?.Dispose();
    }
}
