using System.Globalization;
using System.Security.Cryptography;
using FaceVoice.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Middleware;

/// <summary>Turns errors into what callers are told; a bug is logged whole under an id, and only the id goes out. Thread-safe.</summary>
internal sealed class ErrorReporter(ILogger<ErrorReporter> logger)
{
    /// <summary>The error of a call; null for a cancellation, which the transport tells from a deadline.</summary>
    public RpcException? ToRpc(Exception exception, ServerCallContext context)
    {
        var error = StatusMap.From(exception);
        if (error is null)
        {
            if (context.CancellationToken.IsCancellationRequested || exception is IOException)
            {
                return null;
            }

            error = new RpcException(new Status(StatusCode.Internal, "", exception));
        }

        // The transport's own INTERNAL says what is wrong with the request; nothing of ours has failed.
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
        var error = ToRpc(exception, context) ?? throw new OperationCanceledException("The call was cancelled.", exception, context.CancellationToken);
        var hint = error.Trailers.GetValue(GrpcAnswer.RetryAfter);
        return new ItemError
        {
            Code = (int)error.StatusCode,
            Message = error.Status.Detail,
            RetryAfterMs = hint is null ? 0 : int.Parse(hint, CultureInfo.InvariantCulture),
        };
    }
}
