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
    /// <summary>The line to show, or null where the error is not one that was foreseen.</summary>
    public static string? Describe(Exception error) => error switch
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
        _ => null,
    };

    /// <summary>What a server answered, or why it could not be asked; the kind of error beside it where its words alone may not tell.</summary>
    private static string Describe(Status status) => status switch
    {
        { StatusCode: StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.NotFound } => status.Detail,

        // gRPC's own words for these are INTERNAL and a chain of exceptions.
        { DebugException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } error } =>
            $"no TLS connection to the server: {error.InnerException?.Message ?? error.Message} --ca-file names the authority that signed its certificate.",
        { DebugException: HttpRequestException error } => $"the server cannot be reached ({status.StatusCode}): {error.Message}",
        { StatusCode: StatusCode.Unavailable, DebugException: { } error } => $"the server cannot be reached ({status.StatusCode}): {error.Message}",
        _ => $"the server could not do it ({status.StatusCode}): {status.Detail}",
    };
}
