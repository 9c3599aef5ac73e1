using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>Works on the samples of one call, several at a time.</summary>
internal static class ManySamples
{
    /// <summary>Results in the order of the items; the first error ends the work and is thrown.</summary>
    public static async Task<TResult[]> SelectAsync<T, TResult>(
        IReadOnlyList<T> items, int atOnce, Func<T, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        if (items.Count == 1)
        {
            return [await work(items[0], cancellationToken)];
        }

        var results = new TResult[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, items.Count, options, async (i, token) => results[i] = await work(items[i], token));
        return results;
    }

    /// <summary>
    /// A bidirectional call in which every request gets one response, in the order in which they are ready. No request is read while <paramref name="atOnce"/>
    /// are worked on: the caller feels that the server is behind. What was read is answered also if the server stops meanwhile.
    /// </summary>
    public static async Task AnswerAsync<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        int atOnce,
        Func<TRequest, ServerCallContext, Task<TResponse>> answer,
        ServerCallContext context)
    {
        using var oneWriter = new SemaphoreSlim(1);
        RpcException? stopped = null;
        async IAsyncEnumerable<TRequest> ReadAsync()
        {
            while (true)
            {
                try
                {
                    if (!await requests.MoveNext(context.CancellationToken))
                    {
                        yield break;
                    }
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
                {
                    stopped = e;
                    yield break;
                }

                yield return requests.Current;
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = context.CancellationToken };
        await Parallel.ForEachAsync(ReadAsync(), options, async (request, token) =>
        {
            var response = await answer(request, context);
            await oneWriter.WaitAsync(token);
            try
            {
                await responses.WriteAsync(response, token);
            }
            finally
            {
                oneWriter.Release();
            }
        });
        if (stopped is not null)
        {
            throw stopped;
        }
    }
}
