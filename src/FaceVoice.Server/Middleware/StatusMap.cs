using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Server.Engines;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Server.Middleware;

/// <summary>The one place that says which status an error is. Pure.</summary>
internal static class StatusMap
{
    /// <summary>The error as callers see it; INTERNAL stands for a bug, null for a cancellation.</summary>
    public static RpcException? From(Exception exception) => exception switch
    {
        RpcException e => e,
        AggregateException { InnerExceptions: [var only] } => From(only),
        InvalidMediaException or UnusableMediaException or SpaceMissingException => Error(StatusCode.InvalidArgument, exception),
        OverloadedException e => Refusal.ResourceExhausted(e.Message, e.RetryAfter, e),
        SpaceUnavailableException => Error(StatusCode.FailedPrecondition, exception),
        ModelMismatchException or SchemaMismatchException => Error(StatusCode.FailedPrecondition, exception),
        InvalidPointException or InvalidRequestException => Error(StatusCode.InvalidArgument, exception),
        IndexFullException => Refusal.ResourceExhausted("The index has no room left on its disk.", retryAfter: null, exception),
        IndexReadOnlyException => new(new Status(StatusCode.FailedPrecondition, "The index takes no writes since a write to its disk failed.", exception)),
        IndexUnavailableException => new(new Status(StatusCode.Unavailable, "The index cannot be reached.", exception)),
        OperationCanceledException => null,
        IOException when IsOfRequest(exception) => null, // the transport tells a caller who left from a malformed request
        _ => new(new Status(StatusCode.Internal, "Internal error.", exception)),
    };

    /// <summary>Whether the body of the request broke, rather than a file of ours.</summary>
    private static bool IsOfRequest(Exception e) =>
        e is BadHttpRequestException or ConnectionResetException || e.Message.Contains("reset the request stream", StringComparison.Ordinal);

    private static RpcException Error(StatusCode code, Exception e) => new(new Status(code, e.Message, e));
}
