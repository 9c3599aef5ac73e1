using System.Runtime.InteropServices;

namespace FaceVoice.Inference.Scheduling;

/// <summary>
/// Runs heavy work on as many threads as there are cores to use, first come first served. At most <c>capacity</c> pieces wait or run; more
/// are refused at once. Work whose caller leaves while it waits is dropped and frees its place at once. Thread-safe.
/// </summary>
/// <remarks>
/// The threads are its own: on those of the pool, a call that only needs to be refused or answered from memory would wait for a network to
/// end. For the same reason they stand behind the process's other threads: with a network on each core, a thread that has a refusal to send
/// would otherwise wait for the end of a time slice at every step from socket to socket. The computing loses nothing by it, for those
/// threads need little, and cannot be starved, as a lower share is still a share.
/// </remarks>
internal sealed partial class Scheduler : IDisposable
{
    /// <summary>
    /// Steps of niceness above the process's own: where both want the same core, a worker gets a third of what one of the process's other
    /// threads gets. Measured: with the system's idle class instead, refusals are faster still, and a quarter of the answers is lost under
    /// overload.
    /// </summary>
    public const int NicenessSteps = 5;

    private const double Smoothing = 0.05;
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(10);

    private readonly object _gate = new();
    private readonly LinkedList<Job> _waiting = new();
    private readonly Thread[] _threads;
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly EngineMetrics _metrics;
    private int _length;
    private double _secondsPerJob = 0.02;
    private bool _isClosed;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">How many pieces of work run at once.</param>
    /// <param name="capacity">How many wait or run at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Where waits, refusals and drops are counted.</param>
    public Scheduler(int workers, int capacity, TimeProvider time, EngineMetrics metrics)
    {
        (_capacity, _time, _metrics) = (capacity, time, metrics);
        _threads = [.. Enumerable.Range(0, workers).Select(i => new Thread(Work) { IsBackground = true, Name = $"facevoice-{i}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Gets how many pieces of work wait or run.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Runs work on one of the threads; what awaits it continues on the pool.</summary>
    /// <param name="work">Given the caller's token, which it asks between its steps.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>
    /// The result; faulted at once with <see cref="OverloadedException"/> when the queue is full, cancelled when the caller leaves before
    /// the work began.
    /// </returns>
    public Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        var job = new Job<T>(work, cancellationToken) { Queued = _time.GetTimestamp() };
        job.Leaving = cancellationToken.UnsafeRegister(_ => Leave(job), null);
        lock (_gate)
        {
            if (_isClosed)
            {
                return Task.FromException<T>(new ObjectDisposedException(nameof(FaceVoiceEngine)));
            }

            if (cancellationToken.IsCancellationRequested)
            {
                return Task.FromCanceled<T>(cancellationToken);
            }

            if (_length == _capacity)
            {
                job.Leaving.Unregister();
                return Task.FromException<T>(Refuse());
            }

            _length++;
            _waiting.AddLast(job.Place);
            Monitor.Pulse(_gate);
        }

        return job.Task;
    }

    /// <summary>
    /// What work is refused with as long as there is no place for it, counted as a refusal; null if there is one, which may be taken by
    /// the time that work comes for it.
    /// </summary>
    public OverloadedException? RefuseIfFull() => Length >= _capacity ? Refuse() : null;

    /// <summary>Ends the threads after the work that they have.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        Array.ForEach(_threads, thread => thread.Join());
    }

    /// <summary>The niceness of the thread that calls, -20 to 19.</summary>
    internal static int Niceness() => Niceness(kind: 0, id: 0); // what these calls name a process (0) is a thread, and 0 the one that calls

    private OverloadedException Refuse()
    {
        _metrics.Refused();
        var wait = TimeSpan.FromSeconds(Volatile.Read(ref _secondsPerJob) * _capacity / (2 * _threads.Length));
        return new OverloadedException(_capacity, wait > ShortestRetry ? wait : ShortestRetry);
    }

    private void Leave(Job job)
    {
        lock (_gate)
        {
            if (job.Place.List is null)
            {
                return; // it does not wait yet, runs, or has ended; running work asks the token itself
            }

            _waiting.Remove(job.Place);
            _length--;
        }

        _metrics.Dropped();
        job.Cancel();
    }

    private void Work()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetNiceness(kind: 0, id: 0, Niceness() + NicenessSteps); // where the system does not let it, the thread stays where it is
        }

        while (Next() is { } job)
        {
            var started = _time.GetTimestamp();
            _metrics.Waited(_time.GetElapsedTime(job.Queued, started));
            job.Run();
            lock (_gate)
            {
                _length--;
                _secondsPerJob += Smoothing * (_time.GetElapsedTime(started).TotalSeconds - _secondsPerJob);
            }

            job.Complete(); // last: who hears of the result finds the place free
        }
    }

    private Job? Next()
    {
        lock (_gate)
        {
            while (_waiting.First is null)
            {
                if (_isClosed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            var job = _waiting.First.Value;
            _waiting.RemoveFirst();
            return job;
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int Niceness(int kind, uint id);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetNiceness(int kind, uint id, int niceness);

    private abstract class Job
    {
        protected Job() => Place = new LinkedListNode<Job>(this);

        public LinkedListNode<Job> Place { get; }

        public long Queued { get; init; }

        public CancellationTokenRegistration Leaving { get; set; }

        public abstract void Run();

        public abstract void Complete();

        public abstract void Cancel();
    }

    private sealed class Job<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken) : Job
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Func<CancellationToken, T>? _work = work;
        private T? _result;
        private Exception? _error;

        public Task<T> Task => _done.Task;

        public override void Run()
        {
            try
            {
                _result = _work!(cancellationToken);
            }
            catch (Exception error)
            {
                _error = error; // thrown where the caller awaits
            }
        }

        public override void Complete()
        {
            Leaving.Unregister();
            if (_error is null)
            {
                _done.SetResult(_result!);
            }
            else if (_error is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                _done.SetCanceled(cancellationToken);
            }
            else
            {
                _done.SetException(_error);
            }
        }

        public override void Cancel()
        {
            _work = null; // who waits for the answer need not keep the media as well
            _done.SetCanceled(cancellationToken);
        }
    }
}
