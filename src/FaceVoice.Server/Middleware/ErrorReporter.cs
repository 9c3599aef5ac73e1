using System.Globalization;
using System.Security.Cryptography;
using FaceVoice.Protocol.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Middleware;

/// <summary>Turns errors into what callers are told; a bug is logged whole under an id, and only the id goes out. Thread-safe.</summary>
internal sealed class ErrorReporter(ILogger<ErrorReporter> logger)
{
    /// <summary>The error of a call whose handler is running.</summary>
    public RpcException ToRpc(Exception exception, ServerCallContext context) => ToRpc(exception, context, context.CancellationToken.IsCancellationRequested);

    /// <summary>The error of a call, whether its handler is running or not: a call that is over has no cancellation token left to ask.</summary>
    public RpcException ToRpc(Exception exception, ServerCallContext context, bool isCancelled)
    {
        // The transport has answered already when a deadline passes: what its handler throws thereupon must not replace that status in the metrics.
        if (exception is OperationCanceledException && context.Status.StatusCode == StatusCode.DeadlineExceeded)
        {
            return new RpcException(context.Status);
        }

        // The call's token may tell of a deadline, or of a stream that was reset, only after its work has failed for it.
        var error = StatusMap.From(exception, isCancelled || context.Deadline <= DateTime.UtcNow || StatusMap.IsReset(exception));

        // INTERNAL that comes as such says what is wrong with the request; nothing of ours has failed.
        if (error.StatusCode != StatusCode.Internal || exception is RpcException)
        {
            return error;
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        Log.Incident(logger, id, context.Method, exception);
        return new RpcException(new Status(StatusCode.Internal, $"Internal error, incident {id}: the server's log has the details."), error.Trailers);
    }

    /// <summary>The error of one item of a call that goes on.</summary>
    /// <exception cref="RpcException">The call as a whole was cancelled.</exception>
    public ItemError ToItem(Exception exception, ServerCallContext context)
    {
        var error = ToRpc(exception, context);
        if (error.StatusCode is StatusCode.Cancelled || context.CancellationToken.IsCancellationRequested)
        {
            throw error;
        }

        var hint = error.Trailers.GetValue(GrpcAnswer.RetryAfter);
        return new ItemError
        {
            Code = (int)error.StatusCode,
            Message = error.Status.Detail,
            RetryAfterMs = hint is null ? 0 : int.Parse(hint, CultureInfo.InvariantCulture),
        };
    }
}

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
