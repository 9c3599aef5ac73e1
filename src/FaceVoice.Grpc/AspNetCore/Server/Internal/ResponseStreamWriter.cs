using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The responses of a streaming call.</summary>
internal sealed class ResponseStreamWriter<T>(ServerCall call, Action<T, SerializationContext> serialize) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var token = call.CancellationToken;
        token.ThrowIfCancellationRequested();
        if (!cancellationToken.CanBeCanceled || cancellationToken == token)
        {
            await call.WriteMessageAsync(message, serialize, flush: true, token).ConfigureAwait(false);
            return;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
        await call.WriteMessageAsync(message, serialize, flush: true, linked.Token).ConfigureAwait(false);
    }
}
