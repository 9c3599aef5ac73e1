namespace FaceVoice.Inference.Caching;

/// <summary>
/// Joins callers that want the same thing at the same time: the first one's work is shared by all. It goes on for as long as one of them waits,
/// and is cancelled when the last has left. Thread-safe.
/// </summary>
internal sealed class InFlightWork<T>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, Shared> _running = [];

    /// <summary>Gets how many pieces of work run now, however many callers wait for each.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Waits for the work of this key that runs already, or starts it.</summary>
    /// <param name="key">What is wanted.</param>
    /// <param name="work">Makes it; told to stop when nobody waits any more.</param>
    /// <param name="cancellationToken">Stops this caller's waiting, and nobody else's.</param>
    /// <returns>The result, and whether another caller's work gave it.</returns>
    public async Task<(T Value, bool IsJoined)> RunAsync(CacheKey key, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (shared, isJoined) = Enter(key);
        if (!isJoined)
        {
            _ = CompleteAsync(key, shared, work);
        }

        try
        {
            return (await shared.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false), isJoined);
        }
        finally
        {
            Leave(key, shared);
        }
    }

    private (Shared Shared, bool IsJoined) Enter(CacheKey key)
    {
        lock (_lock)
        {
            var isJoined = _running.TryGetValue(key, out var shared);
            if (!isJoined)
            {
                _running.Add(key, shared = new Shared());
            }

            shared!.Callers++;
            return (shared, isJoined);
        }
    }

    private async Task CompleteAsync(CacheKey key, Shared shared, Func<CancellationToken, Task<T>> work)
    {
        var task = work(shared.Cancellation.Token);
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Forget(key, shared);
        shared.Result.SetFromTask(task);
        _ = shared.Result.Task.Exception; // seen, also where every caller has left
    }

    private void Leave(CacheKey key, Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Callers > 0)
            {
                return;
            }

            Forget(key, shared); // under the same lock: nobody can join work that is about to be cancelled
        }

        shared.Cancellation.Cancel(); // does nothing where the work has ended
    }

    private void Forget(CacheKey key, Shared shared)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(key, out var current) && ReferenceEquals(current, shared))
            {
                _running.Remove(key);
            }
        }
    }

    private sealed class Shared
    {
        public TaskCompletionSource<T> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Cancellation { get; } = new();

        public int Callers { get; set; }
    }
}
