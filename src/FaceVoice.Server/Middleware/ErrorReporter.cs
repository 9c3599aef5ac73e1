using System.Globalization;
using System.Security.Cryptography;
using FaceVoice.Protocol.V1;
using Grpc.Core;
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

        var error = StatusMap.From(exception, isCancelled);

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
