using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

/// <summary>The requests of a streaming call.</summary>
internal sealed class RequestStreamWriter<TRequest, TResponse>(
    ClientCall<TRequest, TResponse> call, StreamedContent content, Action<TRequest, SerializationContext> serialize, int? maxSize)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly FrameWriter _frames = new(maxSize);
    private int _writing;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (content.IsCompleted)
        {
            throw call.HasEnded ? call.EndedException() : new InvalidOperationException("The request stream has been completed.");
        }

        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("Only one write can run at a time.");
        }

        try
        {
            using var registration = cancellationToken.UnsafeRegister(static c => ((ClientCall<TRequest, TResponse>)c!).Cancel(), call);
            await WriteFrameAsync(message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            // The body broke because the call is ending: its status tells why.
            throw await call.WriteFailedAsync(e).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteFrameAsync(TRequest message)
    {
        using var frame = new PooledBuffer();
        _frames.Write(frame, message, serialize, call.RequestCompression(WriteOptions));
        var stream = await content.Stream.ConfigureAwait(false);
        await stream.WriteAsync(frame.WrittenMemory, call.Token).ConfigureAwait(false);
        if (WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) != true)
        {
            await stream.FlushAsync(call.Token).ConfigureAwait(false);
        }
    }
}
