using Microsoft.Extensions.Logging;

namespace FaceVoice.Index.Embedded;

/// <summary>What the embedded store reports: sizes, times and files, never ids, names or vectors.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Opened {Folder}: {Points} points, {LogBytes} log bytes replayed, {CutBytes} bytes of an unfinished write cut off, {ElapsedMs:F0} ms.")]
    public static partial void Opened(ILogger logger, string folder, int points, long logBytes, long cutBytes, double elapsedMs);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Checkpoint of {Rows} rows in {ElapsedMs:F0} ms.")]
    public static partial void Checkpointed(ILogger logger, int rows, double elapsedMs);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Checkpoint put off, the log goes on growing: {Reason}")]
    public static partial void CheckpointFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "The graph of '{Vector}' is built again: {Reason}")]
    public static partial void GraphRebuilt(ILogger logger, string vector, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Writes are refused until the index is opened again: {Reason}")]
    public static partial void BecameReadOnly(ILogger logger, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "Compacted from {RowsBefore} to {RowsAfter} rows in {ElapsedMs:F0} ms.")]
    public static partial void Compacted(ILogger logger, int rowsBefore, int rowsAfter, double elapsedMs);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "Building the graph of '{Vector}' stopped; searches stay exact.")]
    public static partial void GraphFailed(ILogger logger, string vector, Exception error);
}
