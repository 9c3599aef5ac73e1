using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Models;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Server.Middleware;

/// <summary>The one place that says which status an error is. Pure.</summary>
internal static class StatusMap
{
    /// <summary>What open streams are told when the server stops.</summary>
    public static readonly Status Stopping = new(StatusCode.Unavailable, "The server is stopping: what has no answer yet is to be sent again, to another.");

    /// <summary>The error as callers see it; INTERNAL stands for a bug.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="isCancelled">Whether the call is cancelled; work that is cancelled without that is a bug.</param>
    public static RpcException From(Exception exception, bool isCancelled = true) => exception switch
    {
        RpcException e => e,
        AggregateException { InnerExceptions: [var only] } => From(only, isCancelled),
        InvalidMediaException or UnusableMediaException => Error(StatusCode.InvalidArgument, exception),
        OverloadedException e => Refusal.ResourceExhausted(e.Message, e.RetryAfter, e),
        SpaceUnavailableException => Error(StatusCode.FailedPrecondition, exception),
        ModelMismatchException or SchemaMismatchException => Error(StatusCode.FailedPrecondition, exception),
        InvalidPointException or InvalidRequestException => Error(StatusCode.InvalidArgument, exception),
        IndexFullException => Refusal.ResourceExhausted("The index has no room left on its disk.", retryAfter: null, exception),
        IndexReadOnlyException => new(new Status(StatusCode.FailedPrecondition, "The index takes no writes since a write to its disk failed.", exception)),
        IndexUnavailableException => new(new Status(StatusCode.Unavailable, "The index cannot be reached.", exception)),
        OperationCanceledException when isCancelled => new(new Status(StatusCode.Cancelled, "The call was cancelled.", exception)),
        InvalidOperationException { Source: "Grpc.AspNetCore.Server" } when isCancelled => new(new Status(StatusCode.Cancelled, "The caller has left.", exception)),
        _ => new(new Status(StatusCode.Internal, "Internal error.", exception)),
    };

    /// <summary>The error of reading a request; null if it is not the request's fault.</summary>
    public static Status? OfRequest(Exception exception) => exception switch
    {
        InvalidProtocolBufferException => new(StatusCode.Internal, $"The message is malformed: {OfProtobuf(exception.Message)}", exception),
        InvalidDataException => new(StatusCode.Internal, $"The frame or the compression of the message is malformed: {exception.Message}", exception),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(StatusCode.ResourceExhausted, "The request is larger than the server takes.", exception),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(StatusCode.Cancelled, "The request arrived too slowly.", exception),
        BadHttpRequestException => new(StatusCode.Internal, $"The request is malformed: {exception.Message}", exception),
        IOException when exception.Message.StartsWith("Message too large", StringComparison.Ordinal) =>
            new(StatusCode.ResourceExhausted, "The message is larger than the server takes.", exception),
        IOException => new(StatusCode.Cancelled, "The caller has left.", exception),
        _ when IsReset(exception) => new(StatusCode.Cancelled, "The call ended before its message had arrived.", exception),
        InvalidOperationException { Source: "Grpc.AspNetCore.Server" } => new(StatusCode.Cancelled, "The caller has left.", exception),
        _ => null,
    };

    /// <summary>Whether the call's stream was reset, by the caller or at the deadline.</summary>
    public static bool IsReset(Exception exception) =>
        exception is ConnectionAbortedException or OperationCanceledException { InnerException: ConnectionAbortedException };

    /// <summary>What the library says, without the names of its types and what a programmer could set them to.</summary>
    private static string OfProtobuf(string message) => message
        .Replace("CodedInputStream encountered ", "it holds ", StringComparison.Ordinal)
        .Split("May be malicious", 2)[0].TrimEnd();

    private static RpcException Error(StatusCode code, Exception e) => new(new Status(code, ErrorText.WithoutParameterName(e.Message), e));
}

/// <summary>Makes the errors that services find by themselves.</summary>
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
