using FaceVoice.Inference.Metering;

namespace FaceVoice.Inference.Scheduling;

/// <summary>
/// Lets work into one stage: at most <c>capacity</c> pieces being prepared, waiting or running, more are refused at once; at most as many running as the gate
/// has places. A caller who leaves while waiting costs nothing more. Thread-safe.
/// </summary>
/// <param name="name">The stage, for messages and metrics.</param>
/// <param name="capacity">The most pieces of work waiting or running.</param>
/// <param name="gate">The places to run, shared by the stages that use the same cores.</param>
/// <param name="workers">How many places the gate has.</param>
/// <param name="threads">Where work runs that waits for nothing.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Where waits and refusals are counted.</param>
internal sealed class StageQueue(string name, int capacity, SemaphoreSlim gate, int workers, WorkerThreads threads, TimeProvider time, PipelineMeter meter)
{
    private const double Smoothing = 0.05;
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(10);

    private int _length;
    private double _secondsPerPiece = 0.02;

    public string Name => name;

    /// <summary>Gets how many pieces of work wait or run.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Takes a place in the queue for work that is still to be prepared, so that nothing is prepared that is then refused.</summary>
    /// <returns>The place; disposed when all is done.</returns>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    public Place Enter()
    {
        var length = Interlocked.Increment(ref _length);
        if (length > capacity)
        {
            Interlocked.Decrement(ref _length);
            meter.Refused(name);
            var wait = TimeSpan.FromSeconds(Volatile.Read(ref _secondsPerPiece) * capacity / (2 * workers));
            throw new OverloadedException(name, capacity, wait > ShortestRetry ? wait : ShortestRetry);
        }

        return new Place(this);
    }

    /// <summary>Runs work when the gate is free, on a worker thread, never on the caller's.</summary>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="OperationCanceledException">The caller left before the work began, or the work itself stopped.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken) => RunAsync(OnThread(work), cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{CancellationToken, T}, CancellationToken)"/>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var place = Enter();
        return await PassAsync(work, cancellationToken).ConfigureAwait(false);
    }

    private Func<CancellationToken, Task<T>> OnThread<T>(Func<CancellationToken, T> work) => token => threads.RunAsync(() =>
    {
        token.ThrowIfCancellationRequested();
        return work(token);
    });

    private async Task<T> PassAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        var started = time.GetTimestamp();
        try
        {
            return await work(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
            Learn(time.GetElapsedTime(started).TotalSeconds);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            meter.Dropped(name);
            throw;
        }

        meter.Waited(name, time.GetElapsedTime(started));
    }

    // A lost update of the estimate does no harm.
    private void Learn(double seconds) => Volatile.Write(ref _secondsPerPiece, ((1 - Smoothing) * Volatile.Read(ref _secondsPerPiece)) + (Smoothing * seconds));

    /// <summary>A place in a queue, counted until it is disposed; once.</summary>
    internal sealed class Place(StageQueue queue) : IDisposable
    {
        /// <summary>Runs the work that the place was taken for, when the gate is free.</summary>
        public Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken) => queue.PassAsync(queue.OnThread(work), cancellationToken);

        public void Dispose() => Interlocked.Decrement(ref queue._length);
    }
}
