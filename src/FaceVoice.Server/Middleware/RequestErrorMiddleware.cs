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
    private static readonly Status PastDeadline = new(StatusCode.DeadlineExceeded, "The deadline passed before the message had arrived.");

    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        if (http.Features.Get<IServerCallContextFeature>() is { ServerCallContext: { Status: { StatusCode: StatusCode.Unknown, DebugException: { } error } } call })
        {
            var status = StatusMap.OfRequest(error) ?? errors.ToRpc(error, call, http.RequestAborted.IsCancellationRequested).Status;

            // At a deadline the transport answers and resets the stream, and then says UNKNOWN of what could not be read any more.
            GrpcAnswer.Replace(http, call, status.StatusCode is StatusCode.Cancelled && call.Deadline <= DateTime.UtcNow ? PastDeadline : status);
        }
    }
}
