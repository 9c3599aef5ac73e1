using FaceVoice.Inference.Scheduling;

namespace FaceVoice.Inference.Tests.Scheduling;

public sealed class SchedulerTests : IDisposable
{
    private readonly EngineMetrics _metrics = new();
    private readonly ManualResetEventSlim _release = new();
    private Scheduler? _scheduler;

    public void Dispose()
    {
        _release.Set();
        _scheduler?.Dispose();
        _metrics.Dispose();
        _release.Dispose();
    }

    [Fact]
    public async Task RunAsync_Full_RefusesAtOnceWithAHint()
    {
        var scheduler = Open(workers: 1, capacity: 2);
        var running = scheduler.RunAsync(Block, default);
        var waiting = scheduler.RunAsync(_ => 2, default);
        var refusal = scheduler.RunAsync(_ => 3, default);
        Assert.True(refusal.IsFaulted, "A refusal does not wait.");
        var error = await Assert.ThrowsAsync<OverloadedException>(() => refusal);
        Assert.True(error.RetryAfter > TimeSpan.Zero);
        Assert.Equal((error.Message, error.RetryAfter), (scheduler.RefuseIfFull()!.Message, scheduler.RefuseIfFull()!.RetryAfter));
        Assert.Equal(2, scheduler.Length);
        _release.Set();
        Assert.Equal((1, 2), (await running, await waiting));
        Assert.Equal(0, scheduler.Length);
        Assert.Null(scheduler.RefuseIfFull());
    }

    [Fact]
    public async Task RunAsync_CallerLeavesWhileWaiting_NeverRunsAndFreesItsPlaceAtOnce()
    {
        var scheduler = Open(workers: 1, capacity: 2);
        var running = scheduler.RunAsync(Block, default);
        using var caller = new CancellationTokenSource();
        var ran = false;
        var left = scheduler.RunAsync(_ => ran = true, caller.Token);
        await caller.CancelAsync();
        Assert.True(left.IsCanceled);
        Assert.Equal(1, scheduler.Length);
        var next = scheduler.RunAsync(_ => 7, default);
        _release.Set();
        await running;
        Assert.Equal(7, await next);
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_CallerHasLeftBefore_IsNotQueued()
    {
        var scheduler = Open(workers: 1, capacity: 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scheduler.RunAsync(_ => 1, new CancellationToken(canceled: true)));
        Assert.Equal(0, scheduler.Length);
        Assert.Equal(2, await scheduler.RunAsync(_ => 2, default));
    }

    [Fact]
    public async Task RunAsync_CallerLeavesWhileRunning_WorkHearsOfIt()
    {
        var scheduler = Open(workers: 1, capacity: 1);
        using var caller = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var work = scheduler.RunAsync<int>(
            token =>
            {
                begun.SetResult();
                token.WaitHandle.WaitOne();
                throw new OperationCanceledException(token);
            },
            caller.Token);
        await begun.Task;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.True(work.IsCanceled);
        Assert.Equal(0, scheduler.Length);
    }

    [Fact]
    public async Task RunAsync_MoreWorkThanWorkers_RunsThatManyAtOnceAndInOrder()
    {
        var scheduler = Open(workers: 1, capacity: 100);
        var running = scheduler.RunAsync(Block, default);
        var order = new List<int>();
        var work = Enumerable.Range(0, 60).Select(i => scheduler.RunAsync(
            _ =>
            {
                order.Add(i);
                return i;
            },
            default)).ToList();
        _release.Set();
        await Task.WhenAll(work);
        Assert.Equal(Enumerable.Range(0, 60), order);
        Assert.Equal(1, await running);
    }

    [Fact]
    public async Task RunAsync_TwoWorkers_WorkBesideOneAnother()
    {
        var scheduler = Open(workers: 2, capacity: 10);
        using var meeting = new Barrier(2);
        var work = Enumerable.Range(0, 4).Select(
            _ => scheduler.RunAsync(token => meeting.SignalAndWait(TimeSpan.FromSeconds(30), token), default)).ToList();
        Assert.All(await Task.WhenAll(work), Assert.True);
    }

    [Fact]
    public async Task RunAsync_WorkFails_FreesItsPlaceAndTheNextRuns()
    {
        var scheduler = Open(workers: 1, capacity: 1);
        await Assert.ThrowsAsync<InvalidDataException>(() => scheduler.RunAsync<int>(_ => throw new InvalidDataException(), default));
        Assert.Equal(7, await scheduler.RunAsync(_ => 7, default));
    }

    [Fact]
    public async Task RunAsync_Work_RunsOnAWorkerAndItsCallerDoesNot()
    {
        var scheduler = Open(workers: 1, capacity: 8);
        Assert.StartsWith(
            "facevoice-", await scheduler.RunAsync(_ => Thread.CurrentThread.Name ?? string.Empty, default), StringComparison.Ordinal);
        Assert.DoesNotContain("facevoice-", Thread.CurrentThread.Name ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Work_RunsBehindTheOtherThreads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have a niceness of their own on Linux alone.");
        var niceness = await Open(workers: 1, capacity: 1).RunAsync(_ => Scheduler.Niceness(), default);
        Assert.Equal(Math.Min(19, Scheduler.Niceness() + Scheduler.NicenessSteps), niceness);
    }

    [Fact]
    public async Task RunAsync_ManyComingAndLeaving_NoneHangsAndAllPlacesAreFree()
    {
        var scheduler = Open(workers: 2, capacity: 8);
        var (done, left, refused) = (0, 0, 0);
        await Parallel.ForAsync(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            using var leave = new CancellationTokenSource();
            var work = scheduler.RunAsync(_ => i, leave.Token);
            if (i % 3 == 0)
            {
                await leave.CancelAsync();
            }

            try
            {
                Assert.Equal(i, await work.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
                Interlocked.Increment(ref done);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref left);
            }
            catch (OverloadedException)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(4000, done + left + refused);
        Assert.True(done > 0, "Some are done.");
        Assert.Equal(0, scheduler.Length);
    }

    [Fact]
    public async Task Dispose_WorkWaits_EndsAfterIt()
    {
        var scheduler = Open(workers: 1, capacity: 2);
        var work = scheduler.RunAsync(Block, default);
        var next = scheduler.RunAsync(_ => 2, default);
        _release.Set();
        scheduler.Dispose();
        Assert.Equal((1, 2), (await work, await next));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scheduler.RunAsync(_ => 3, default));
    }

    private int Block(CancellationToken cancellationToken)
    {
        _release.Wait(cancellationToken);
        return 1;
    }

    private Scheduler Open(int workers, int capacity) => _scheduler = new Scheduler(workers, capacity, TimeProvider.System, _metrics);
}
