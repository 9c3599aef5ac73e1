using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>A bidirectional call in which every request gets one response: several are worked on at once, answered as they are ready.</summary>
internal static class PipelinedStream
{
    /// <summary>
    /// Runs to the end of the requests. No request is read while <paramref name="atOnce"/> are worked on: the caller feels that the server is behind. What was read
    /// is answered also if the server stops meanwhile.
    /// </summary>
    public static async Task RunAsync<TRequest, TResponse>(
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
