using Microsoft.Extensions.Logging;

namespace FaceVoice.Server;

/// <summary>What the server logs: names, counts and times; never media, embeddings or keys.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Listening: gRPC on port {GrpcPort}, HTTP on port {HttpPort}, TLS {Tls}.")]
    public static partial void Listening(ILogger logger, int grpcPort, int httpPort, bool tls);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Ready: model {ModelId} loaded and warmed up in {Seconds:F1} s.")]
    public static partial void Ready(ILogger logger, string modelId, double seconds);

    [LoggerMessage(EventId = 12, Level = LogLevel.Information, Message = "The encoders run on {Device}.")]
    public static partial void EncodersRunOn(ILogger logger, string device);

    [LoggerMessage(EventId = 3, Level = LogLevel.Critical, Message = "The server cannot start.")]
    public static partial void StartFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Incident {IncidentId} in {Method}.")]
    public static partial void Incident(ILogger logger, string incidentId, string method, Exception exception);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Stopping: open calls have {Seconds} s to end.")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "API keys read again: {Count}.")]
    public static partial void KeysRead(ILogger logger, int count);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "The API key file could not be read again; the keys known before stay valid.")]
    public static partial void KeysNotRead(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "{Address} can be reached from other machines, and no API keys are set (Access:ApiKeyFile): everybody who can connect may call.")]
    public static partial void OpenToAll(ILogger logger, string address);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "The samples of the index could not be counted.")]
    public static partial void IndexNotCounted(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 11, Level = LogLevel.Warning, Message = "The calls of the warm-up failed; the first ones will be slow.")]
    public static partial void NotWarmedUp(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 9, Level = LogLevel.Debug, Message = "{Method} by {Client}: {StatusCode} in {Milliseconds:F1} ms.")]
    public static partial void Call(ILogger logger, string method, string client, int statusCode, double milliseconds);
}
