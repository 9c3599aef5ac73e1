using Grpc.Core;

namespace FaceVoice.Server.Middleware;

/// <summary>Makes the errors that wire methods find by themselves.</summary>
internal static class Refusal
{
    public static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));

    public static RpcException FailedPrecondition(string message) => new(new Status(StatusCode.FailedPrecondition, message));

    public static RpcException ResourceExhausted(string message, TimeSpan? retryAfter, Exception? cause = null)
    {
        var trailers = new Metadata();
        if (retryAfter is { } wait)
        {
            trailers.Add(GrpcAnswer.RetryAfter, GrpcAnswer.RetryHint(wait));
        }

        return new RpcException(new Status(StatusCode.ResourceExhausted, message, cause), trailers);
    }
}
