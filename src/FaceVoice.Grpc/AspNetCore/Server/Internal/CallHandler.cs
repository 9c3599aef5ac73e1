using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The endpoint of one method: checks the request, runs the call, and always ends it with a status. Thread-safe.</summary>
internal abstract class CallHandler<TRequest, TResponse>(MethodContext context, Method<TRequest, TResponse> method)
    where TRequest : class
    where TResponse : class
{
    protected Func<DeserializationContext, TRequest> Deserialize { get; } = method.RequestMarshaller.ContextualDeserializer;

    protected Action<TResponse, SerializationContext> Serialize { get; } = method.ResponseMarshaller.ContextualSerializer;

    /// <summary>Gets whether requests may come slowly: pauses of the caller are then no reason to cut the call.</summary>
    protected abstract bool StreamsRequests { get; }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Every error becomes the status of the call; EndAsync logs it.")]
    public async Task HandleAsync(HttpContext http)
    {
        var protocol = ContentTypes.Parse(http.Request.ContentType);
        if (protocol == ContentProtocol.None)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (protocol == ContentProtocol.Grpc && !HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "h2c";
            return;
        }

        LiftBodyLimits(http);
        var call = new ServerCall(http, context, protocol);
        Exception? failure = null;
        try
        {
            call.Start();
            await InvokeAsync(http, call).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        await call.EndAsync(failure).ConfigureAwait(false);
    }

    /// <summary>Reads, calls the service, writes.</summary>
    protected abstract Task InvokeAsync(HttpContext http, ServerCall call);

    /// <summary>The one request of a call; the body is read to its end, since Kestrel resets a stream that is answered earlier.</summary>
    protected async ValueTask<TRequest> ReadSingleAsync(ServerCall call)
    {
        var request = await call.Requests.ReadAsync(Deserialize, call.CancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The request holds no message."));
        var second = await call.Requests.ReadAsync(Deserialize, call.CancellationToken).ConfigureAwait(false);
        return second is null ? request : throw new RpcException(new Status(StatusCode.Internal, "The request holds more than one message."));
    }

    /// <summary>Sends the one response of a call; it leaves together with the status.</summary>
    protected Task WriteSingleAsync(ServerCall call, TResponse? response) => response is null
        ? throw new RpcException(new Status(StatusCode.Cancelled, "The handler gave no response."))
        : call.Status.StatusCode == StatusCode.OK
            ? call.WriteMessageAsync(response, Serialize, flush: false, call.CancellationToken)
            : Task.CompletedTask;

    private void LiftBodyLimits(HttpContext http)
    {
        // The limit per message guards; the body as a whole may be a long stream.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (StreamsRequests && http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
