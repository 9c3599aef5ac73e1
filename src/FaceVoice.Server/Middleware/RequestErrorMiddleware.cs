using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Server.Middleware;

/// <summary>
/// Mends the status of calls that failed outside their handler, where no interceptor sees it: the transport says UNKNOWN of a message that
/// is malformed or too
/// large, and of a response that cannot be written.
/// </summary>
internal sealed class RequestErrorMiddleware(RequestDelegate next, ErrorReporter errors)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        if (http.Features.Get<IServerCallContextFeature>() is { ServerCallContext: { Status: { StatusCode: StatusCode.Unknown, DebugException: { } error } } call })
        {
            GrpcAnswer.Replace(http, call, StatusMap.OfRequest(error) ?? errors.ToRpc(error, call, http.RequestAborted.IsCancellationRequested).Status);
        }
    }
}
