using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The requests of a streaming call.</summary>
internal sealed class RequestStreamReader<T>(ServerCall call, Func<DeserializationContext, T> deserialize) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (call.HasEnded)
        {
            throw new InvalidOperationException("The call has ended.");
        }

        var token = call.CancellationToken;
        if (!cancellationToken.CanBeCanceled || cancellationToken == token)
        {
            _current = await call.Requests.ReadAsync(deserialize, token).ConfigureAwait(false);
        }
        else
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
            _current = await call.Requests.ReadAsync(deserialize, linked.Token).ConfigureAwait(false);
        }

        return _current is not null;
    }
}
