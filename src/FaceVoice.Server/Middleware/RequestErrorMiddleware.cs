using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Server.Middleware;

/// <summary>
/// Mends the status of calls that failed outside their handler, where no interceptor sees it: the transport says UNKNOWN of a message that
/// is malformed or too large, and of a response that cannot be written.
/// </summary>
internal sealed class RequestErrorMiddleware(RequestDelegate next, ErrorReporter errors)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        var call = http.Features.Get<IServerCallContextFeature>()?.ServerCallContext;
        if (call?.Status is { StatusCode: StatusCode.Unknown, DebugException: { } error })
        {
            var failure = StatusMap.OfRequest(error) is { } status ? new RpcException(status) : error;
            GrpcAnswer.Replace(http, call, errors.ToRpc(failure, call, http.RequestAborted.IsCancellationRequested).Status);
        }
    }
}
