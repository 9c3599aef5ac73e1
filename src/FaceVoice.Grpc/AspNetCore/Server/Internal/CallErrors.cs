using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What status an exception of a call becomes.</summary>
internal static class CallErrors
{
    public static Status ToStatus(Exception exception, bool deadlinePassed, bool callerLeft, bool detailed) => exception switch
    {
        RpcException e => e.Status,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new(StatusCode.ResourceExhausted, "The request body is larger than the server takes."),
        _ when deadlinePassed && IsCancellation(exception) => new(StatusCode.DeadlineExceeded, "The deadline has passed."),
        BadHttpRequestException e => new(StatusCode.Internal, "The request is malformed.", e),
        _ when callerLeft && IsCancellation(exception) => new(StatusCode.Cancelled, "The caller has left.", exception),
        OperationCanceledException => new(StatusCode.Cancelled, "The call was cancelled.", exception),
        _ => new(StatusCode.Unknown, detailed ? $"Exception was thrown by handler. {exception.GetType().Name}: {exception.Message}" : "Exception was thrown by handler.", exception),
    };

    /// <summary>A caller that resets its stream shows as an I/O error, often before any token fires.</summary>
    private static bool IsCancellation(Exception exception) => exception is OperationCanceledException or IOException;
}
