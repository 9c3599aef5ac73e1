using System.Globalization;
using System.Security.Cryptography;
using FaceVoice.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Middleware;

/// <summary>Turns errors into what callers are told; a bug is logged whole under an id, and only the id goes out. Thread-safe.</summary>
internal sealed class ErrorReporter(ILogger<ErrorReporter> logger)
{
    private static readonly Status PastDeadline = new(StatusCode.DeadlineExceeded, "The deadline has passed.");

    /// <summary>The error of a call whose handler is running.</summary>
    public RpcException ToRpc(Exception exception, ServerCallContext context) => ToRpc(exception, context, context.CancellationToken.IsCancellationRequested);

    /// <summary>The error of a call, whether its handler is running or not: a call that is over has no cancellation token left to ask.</summary>
    public RpcException ToRpc(Exception exception, ServerCallContext context, bool isCancelled)
    {
        // The call's token may tell of a deadline, or of a stream that was reset, only after its work has failed for it.
        var isPast = context.Deadline <= DateTime.UtcNow;
        var error = StatusMap.From(exception, isCancelled || isPast || StatusMap.IsReset(exception));

        // Caller and transport watch the deadline too, and either may end the call first: what counts is that it had passed.
        if (error.StatusCode == StatusCode.Cancelled && (isPast || context.Status.StatusCode == StatusCode.DeadlineExceeded))
        {
            return new RpcException(PastDeadline);
        }

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
    /// <exception cref="RpcException">The call as a whole was cancelled, or its deadline has passed.</exception>
    public ItemError ToItem(Exception exception, ServerCallContext context)
    {
        var error = ToRpc(exception, context);
        if (error.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded || context.CancellationToken.IsCancellationRequested)
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
