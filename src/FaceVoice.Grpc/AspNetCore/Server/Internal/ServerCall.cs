using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// One call on the server: its metadata, its deadline, its messages and its end.
/// </summary>
/// <remarks>
/// Two can end a call, its handler and its deadline, while a write may be running. One number decides: whoever moves it from Idle to Done
/// writes the status. A write moves it from Idle to Writing and back; a deadline that finds Writing leaves a mark, and the writer ends the call.
/// </remarks>
internal sealed partial class ServerCall : ServerCallContext
{
    private const int Idle = 0;
    private const int Writing = 1;
    private const int Done = 2;

    private readonly MethodContext _method;
    private readonly ContentProtocol _protocol;
    private readonly PipeWriter _writer;
    private readonly FrameWriter _frames;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private string? _responseEncoding;
    private int _state;

    public ServerCall(HttpContext http, MethodContext method, ContentProtocol protocol)
    {
        Http = http;
        _method = method;
        _protocol = protocol;
        _frames = new FrameWriter(method.MaxSendMessageSize);
        var input = protocol == ContentProtocol.WebText
            ? PipeReader.Create(new Base64RequestReader(http.Request.BodyReader))
            : http.Request.BodyReader;
        Requests = new MessageReader(input, method.MaxReceiveMessageSize, http.Request.Headers[GrpcHeader.Encoding]);
        _writer = protocol == ContentProtocol.WebText ? new Base64ResponseWriter(http.Response.BodyWriter) : http.Response.BodyWriter;
    }

    public HttpContext Http { get; }

    public MessageReader Requests { get; }

    public bool HasEnded => Volatile.Read(ref _state) == Done;

    protected override string MethodCore => _method.Method.FullName;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore => PeerAddress.Format(Http.Connection);

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders(Http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _cancellation?.Token ?? Http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= PeerCertificate.ToAuthContext(Http.Connection.ClientCertificate);

    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    /// <summary>Reads what the headers say and starts the deadline.</summary>
    /// <exception cref="RpcException">A header is malformed, or the encoding of the request is unknown.</exception>
    public void Start()
    {
        var response = Http.Response;
        response.ContentType = ContentTypes.Of(_protocol);
        response.Headers[GrpcHeader.AcceptEncoding] = GzipCodec.Accepted;
        StartDeadline();
        var encoding = Http.Request.Headers[GrpcHeader.Encoding].ToString();
        if (encoding is not ("" or GzipCodec.Identity or GzipCodec.Name))
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, $"grpc-encoding \"{encoding}\" is not supported; {GzipCodec.Accepted} are."));
        }

        UseResponseEncoding(_method.ResponseEncoding);
    }

    /// <summary>Ends the call with the status of its handler, or waits for the end that its deadline has begun.</summary>
    public async Task EndAsync(Exception? failure)
    {
        var status = StatusCore;
        if (failure is not null)
        {
            status = CallErrors.ToStatus(failure, DeadlinePassed, Http.RequestAborted.IsCancellationRequested || failure is IOException, _method.EnableDetailedErrors);
            if (failure is RpcException { Trailers.Count: > 0 } rpc)
            {
                MergeTrailers(rpc.Trailers);
            }
        }

        if (await TakeEndAsync().ConfigureAwait(false))
        {
            await FinishAsync(status, atDeadline: false).ConfigureAwait(false);
        }
        else
        {
            await _deadlineEnd!.Task.ConfigureAwait(false);
        }

        await StopDeadlineAsync().ConfigureAwait(false);
        if (_protocol == ContentProtocol.WebText)
        {
            await _writer.CompleteAsync().ConfigureAwait(false);
        }

        LogEnd(status, failure);
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        BeginWrite();
        try
        {
            if (Http.Response.HasStarted)
            {
                throw new InvalidOperationException("The response headers have been sent already.");
            }

            foreach (var entry in responseHeaders)
            {
                if (entry.Key == GrpcHeader.EncodingRequest)
                {
                    UseResponseEncoding(entry.Value);
                }
                else if (!GrpcHeader.IsReserved(entry.Key))
                {
                    Append(Http.Response.Headers, entry);
                }
            }

            await Http.Response.StartAsync(CancellationToken).ConfigureAwait(false);
            await FlushAsync(CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await EndWriteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>True where the end is the handler's, false where the deadline has taken it.</summary>
    private async ValueTask<bool> TakeEndAsync()
    {
        int found;
        while ((found = Interlocked.CompareExchange(ref _state, Done, Idle)) == Writing)
        {
            await Task.Delay(1).ConfigureAwait(false); // only where a handler returned without awaiting its last write
        }

        return found == Idle;
    }

    private static Metadata ReadRequestHeaders(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            if (GrpcHeader.IsReserved(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                MetadataText.Read(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    private static void Append(IHeaderDictionary headers, Metadata.Entry entry)
    {
        var value = MetadataText.Format(entry);
        headers.Append(entry.Key, MetadataText.IsSendable(value) ? value : PercentEncoding.Encode(value));
    }

    private void MergeTrailers(Metadata trailers)
    {
        foreach (var entry in trailers)
        {
            ResponseTrailersCore.Add(entry);
        }
    }

    private void UseResponseEncoding(string? encoding)
    {
        var accepted = Http.Request.Headers[GrpcHeader.AcceptEncoding].ToString();
        if (encoding == GzipCodec.Name && accepted.Split(',', StringSplitOptions.TrimEntries).Contains(GzipCodec.Name))
        {
            _responseEncoding = encoding;
            Http.Response.Headers[GrpcHeader.Encoding] = encoding;
        }
        else if (encoding == GzipCodec.Identity)
        {
            _responseEncoding = null;
            Http.Response.Headers.Remove(GrpcHeader.Encoding);
        }
    }

    private void LogEnd(Status status, Exception? failure)
    {
        // A status that was thrown on purpose, or that a malformed request got, is the caller's; whatever else was thrown is a bug of ours.
        if (failure is not (null or RpcException or BadHttpRequestException) && status.StatusCode is StatusCode.Unknown or StatusCode.Internal)
        {
            Log.CallFailed(_method.Logger, _method.Method.FullName, status.StatusCode, failure);
        }
        else if (status.StatusCode != StatusCode.OK)
        {
            Log.CallEnded(_method.Logger, _method.Method.FullName, status.StatusCode, status.Detail);
        }
    }
}
