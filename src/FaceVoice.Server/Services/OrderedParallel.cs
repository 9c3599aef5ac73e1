namespace FaceVoice.Server.Services;

/// <summary>Works on the samples of one request, several at a time.</summary>
internal static class OrderedParallel
{
    /// <summary>Results in the order of the items; the first error ends the work and is thrown.</summary>
    public static async Task<TResult[]> SelectAsync<T, TResult>(
        IReadOnlyList<T> items, int atOnce, Func<T, int, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        var results = new TResult[items.Count];
        if (items.Count == 1)
        {
            results[0] = await work(items[0], 0, cancellationToken);
            return results;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), options, async (i, token) => results[i] = await work(items[i], i, token));
        return results;
    }
}
