namespace Grpc.Core;

/// <summary>Messages that are sent one by one. One writer at a time: a write must end before the next begins.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Gets or sets how the following messages are written; null means <see cref="WriteOptions.Default"/>.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message; waits while the receiver is behind.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message; waits while the receiver is behind.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(message);
    }
}
