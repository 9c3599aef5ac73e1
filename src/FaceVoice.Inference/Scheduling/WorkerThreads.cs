using System.Collections.Concurrent;

namespace FaceVoice.Inference.Scheduling;

/// <summary>
/// Threads that do nothing but heavy work. On the threads of the pool it would stand before the sockets: with as many networks running as the pool has
/// threads, a call that only needs to be refused or answered from memory would wait for a network to end. For the same reason they stand behind every other
/// thread of the process (<see cref="BackgroundPriority"/>). Thread-safe.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread[] _threads;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">How many pieces of work run at once.</param>
    public WorkerThreads(int count)
    {
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(Run) { IsBackground = true, Name = $"facevoice-{i}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Runs work on one of the threads; what awaits it goes on on the pool.</summary>
    /// <param name="work">Waits for nothing and nobody.</param>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = new Task<T>(work, TaskCreationOptions.HideScheduler);
        _work.Add(() =>
        {
            task.RunSynchronously(TaskScheduler.Default);
            done.SetFromTask(task);
        });
        return done.Task;
    }

    /// <summary>Ends the threads after the work that they have.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        Array.ForEach(_threads, thread => thread.Join());
        _work.Dispose();
    }

    private void Run()
    {
        BackgroundPriority.Take();
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
