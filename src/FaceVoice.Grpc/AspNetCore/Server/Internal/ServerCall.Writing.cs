using System.Diagnostics;
using System.Globalization;
using System.Text;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What a call sends.</summary>
internal sealed partial class ServerCall
{
    /// <summary>Sends one message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="serialize">Turns it into bytes.</param>
    /// <param name="flush">False where the end of the call follows at once: message and status then leave together.</param>
    /// <param name="cancellationToken">Ends the wait for a receiver that is behind.</param>
    public async Task WriteMessageAsync<T>(T message, Action<T, SerializationContext> serialize, bool flush, CancellationToken cancellationToken)
    {
        BeginWrite();
        try
        {
            if (!Http.Response.HasStarted)
            {
                await Http.Response.StartAsync(cancellationToken).ConfigureAwait(false);
            }

            var flags = WriteOptionsCore?.Flags ?? WriteFlags.None;
            var compression = _responseEncoding is not null && !flags.HasFlag(WriteFlags.NoCompress) ? _method.CompressionLevel : (System.IO.Compression.CompressionLevel?)null;
            _frames.Write(_writer, message, serialize, compression);
            if (flush && !flags.HasFlag(WriteFlags.BufferHint))
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await EndWriteAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException("The caller has left.");
        }
    }

    private void BeginWrite()
    {
        switch (Interlocked.CompareExchange(ref _state, Writing, Idle))
        {
            case Writing:
                throw new InvalidOperationException("Only one write can run at a time.");
            case Done when DeadlinePassed:
                throw new OperationCanceledException("The deadline has passed.");
            case Done:
                throw new InvalidOperationException("The call has ended.");
        }
    }

    private async ValueTask EndWriteAsync()
    {
        Interlocked.Exchange(ref _state, Idle); // a full fence: the mark is read after it
        if (DeadlinePassed)
        {
            await EndAtDeadlineAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends the status: in the headers where nothing was sent yet, else in the trailers, or for gRPC-Web in a last frame.</summary>
    private async Task FinishAsync(Status status, bool atDeadline)
    {
        Tag(status);
        if (Http.RequestAborted.IsCancellationRequested)
        {
            return; // nobody listens
        }

        // At the deadline the handler still runs, and the metadata is its own.
        var trailers = atDeadline ? Metadata.Empty : _responseTrailers ?? Metadata.Empty;
        var response = Http.Response;
        try
        {
            if (!response.HasStarted)
            {
                response.Headers.Remove(GrpcHeader.Encoding);
                AppendStatus(response.Headers, status, trailers);
            }
            else if (_protocol == ContentProtocol.Grpc)
            {
                AppendStatus(Http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers, status, trailers);
            }
            else
            {
                WriteWebTrailers(status, trailers);
                await _writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }

            if (atDeadline)
            {
                await response.CompleteAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Log.StatusNotSent(_method.Logger, _method.Method.FullName, status.StatusCode);
        }
    }

    private static void AppendStatus(IHeaderDictionary headers, Status status, Metadata trailers)
    {
        foreach (var entry in trailers)
        {
            if (!GrpcHeader.IsReserved(entry.Key))
            {
                Append(headers, entry);
            }
        }

        headers[GrpcHeader.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            headers[GrpcHeader.Message] = PercentEncoding.Encode(status.Detail);
        }
    }

    private void WriteWebTrailers(Status status, Metadata metadata)
    {
        var trailers = new HeaderDictionary();
        AppendStatus(trailers, status, metadata);
        var text = new StringBuilder();
        foreach (var (name, values) in trailers)
        {
            foreach (var value in values)
            {
                text.Append(name.ToLowerInvariant()).Append(": ").Append(value).Append("\r\n");
            }
        }

        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        var span = _writer.GetSpan(FrameHeader.Size + bytes.Length);
        FrameHeader.Write(span, FrameHeader.WebTrailers, bytes.Length);
        bytes.CopyTo(span[FrameHeader.Size..]);
        _writer.Advance(FrameHeader.Size + bytes.Length);
    }

    private void Tag(Status status)
    {
        var code = (int)status.StatusCode;
        if (Http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.Tags.Add(new("rpc.system", "grpc"));
            metrics.Tags.Add(new("rpc.grpc.status_code", code));
        }

        if (Http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
        {
            activity.DisplayName = _method.Method.FullName[1..];
            activity.SetTag("rpc.system", "grpc");
            activity.SetTag("rpc.service", _method.Method.ServiceName);
            activity.SetTag("rpc.method", _method.Method.Name);
            activity.SetTag("rpc.grpc.status_code", code);
            if (code is (int)StatusCode.Unknown or (int)StatusCode.Internal or (int)StatusCode.DataLoss)
            {
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }
    }
}
