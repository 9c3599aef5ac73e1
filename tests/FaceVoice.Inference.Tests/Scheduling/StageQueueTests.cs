using FaceVoice.Inference.Metering;
using FaceVoice.Inference.Scheduling;

namespace FaceVoice.Inference.Tests.Scheduling;

public sealed class StageQueueTests : IDisposable
{
    private readonly PipelineMeter _meter = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly WorkerThreads _threads = new(1);

    public void Dispose()
    {
        _meter.Dispose();
        _gate.Dispose();
        _threads.Dispose();
    }

    [Fact]
    public async Task RunAsync_Full_RefusesAtOnceWithAHint()
    {
        var queue = Queue(capacity: 2);
        var release = new TaskCompletionSource();
        var running = queue.RunAsync(_ => Finish(release), CancellationToken.None);
        var waiting = queue.RunAsync(_ => 2, CancellationToken.None);
        var refusal = queue.RunAsync(_ => 3, CancellationToken.None);
        Assert.True(refusal.IsFaulted, "A refusal does not wait.");
        var error = await Assert.ThrowsAsync<OverloadedException>(() => refusal);
        Assert.True(error.RetryAfter > TimeSpan.Zero);
        Assert.Equal(2, queue.Length);
        release.SetResult();
        Assert.Equal((1, 2), (await running, await waiting));
        Assert.Equal(0, queue.Length);
    }

    [Fact]
    public async Task RunAsync_CallerLeavesWhileWaiting_NeverRuns()
    {
        var queue = Queue(capacity: 8);
        var release = new TaskCompletionSource();
        var running = queue.RunAsync(_ => Finish(release), CancellationToken.None);
        using var caller = new CancellationTokenSource();
        var ran = false;
        var waiting = queue.RunAsync(_ => ran = true, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, queue.Length);
        release.SetResult();
        await running;
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_TwoQueuesOneGate_ShareItsPlaces()
    {
        StageQueue[] queues = [Queue(capacity: 100), Queue(capacity: 100)];
        int now = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => queues[i % 2].RunAsync(
            _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                Thread.SpinWait(1000);
                return Interlocked.Decrement(ref now);
            },
            CancellationToken.None)));
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task RunAsync_WorkFails_FreesItsPlace()
    {
        var queue = Queue(capacity: 1);
        await Assert.ThrowsAsync<InvalidDataException>(() => queue.RunAsync(new Func<CancellationToken, int>(_ => throw new InvalidDataException()), CancellationToken.None));
        Assert.Equal(7, await queue.RunAsync(_ => 7, CancellationToken.None));
    }

    [Fact]
    public async Task Enter_PlaceTaken_CountsBeforeTheWorkIsReady()
    {
        var queue = Queue(capacity: 1);
        using (var place = queue.Enter())
        {
            await Assert.ThrowsAsync<OverloadedException>(() => queue.RunAsync(_ => 1, CancellationToken.None));
            Assert.Throws<OverloadedException>(queue.Enter);
            Assert.Equal(2, await place.RunAsync(_ => 2, CancellationToken.None));
            Assert.Equal(1, queue.Length);
        }

        Assert.Equal(3, await queue.RunAsync(_ => 3, CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_Work_RunsOnAWorkerAndItsCallerDoesNot()
    {
        var queue = Queue(capacity: 8);
        Assert.StartsWith("facevoice-", await queue.RunAsync(_ => Thread.CurrentThread.Name ?? string.Empty, CancellationToken.None), StringComparison.Ordinal);
        Assert.DoesNotContain("facevoice-", Thread.CurrentThread.Name ?? string.Empty, StringComparison.Ordinal);
    }

    private static async Task<int> Finish(TaskCompletionSource release)
    {
        await release.Task;
        return 1;
    }

    private StageQueue Queue(int capacity) => new("test", capacity, _gate, 1, _threads, TimeProvider.System, _meter);
}
