using System.ComponentModel.DataAnnotations;
using FaceVoice.Cli.Hub;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;
using FaceVoice.Server;
using FaceVoice.Training;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Data;
using Grpc.Core;

namespace FaceVoice.Cli.Terminal;

/// <summary>
/// The errors that a user can act on, and the line that says how. Anything else is a bug and leaves the process with its stack trace.
/// </summary>
internal static class ForeseenErrors
{
    private const int ProtocolError = 1; // HTTP/2's codes: what came is no HTTP/2,
    private const int Http11Required = 13; // or says that it speaks HTTP/1.1

    /// <summary>The line to show, or null where the error is not one that was foreseen.</summary>
    public static string? Describe(Exception error) => DescribeAsItIs(error) is { } text ? ErrorText.WithoutParameterName(text) : null;

    private static string? DescribeAsItIs(Exception error) => error switch
    {
        FileNotFoundException { FileName: { } file } => $"no such file: {file}",
        DirectoryNotFoundException e => e.Message,
        UnauthorizedAccessException e => e.Message,
        IOException e => e.Message,
        SpeakerDataException e => e.Message,
        SpeakerTrainingException e => e.Message,
        TorchUnavailableException e => e.Message,
        HubException e => e.Message,
        ModelFormatException e => e.Message,
        ModelMismatchException e => e.Message,
        InvalidMediaException or FfmpegUnavailableException => error.Message,
        OnnxModelException or NonFiniteOutputException or DeviceUnavailableException => error.Message,
        UnusableMediaException or SpaceUnavailableException or OverloadedException => error.Message,
        IndexException e => e.Message,
        InvalidSettingsException e => e.Message,
        RpcException e => Describe(e.Status),
        InvalidDataException e => e.Message,
        ValidationException e => e.Message,
        ArgumentNullException => null,
        ArgumentException e => e.Message,
        _ => null,
    };

    /// <summary>What a server answered, or why it could not be asked; the kind of error beside it where its words alone may not tell.</summary>
    private static string Describe(Status status) => status switch
    {
        { StatusCode: StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.NotFound } => status.Detail,

        // gRPC's own words for these are INTERNAL and a chain of exceptions.
        { DebugException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } error } =>
            $"no TLS connection to the server: {error.InnerException?.Message ?? error.Message} --ca-file names the authority that signed its certificate.",
        { DebugException: { } error } when SpeaksNoHttp2(error) =>
            "what answers there does not speak gRPC: it looks like the HTTP port of a server, whose gRPC port is another one (5051, if nothing else is set), "
            + "or like a port that needs https://.",
        { DebugException: HttpRequestException error } => $"the server cannot be reached ({status.StatusCode}): {error.Message}",
        { StatusCode: StatusCode.Unavailable, DebugException: { } error } => $"the server cannot be reached ({status.StatusCode}): {error.Message}",
        _ => $"the server could not do it ({status.StatusCode}): {status.Detail}",
    };

    /// <summary>
    /// Something took the connection, and the handshake of HTTP/2 failed: in one of several ways, by what came first, bytes or the end.
    /// </summary>
    private static bool SpeaksNoHttp2(Exception error) => error switch
    {
        HttpProtocolException { ErrorCode: ProtocolError or Http11Required } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: null } => true,
        _ => error.InnerException is { } inner && SpeaksNoHttp2(inner),
    };
}
