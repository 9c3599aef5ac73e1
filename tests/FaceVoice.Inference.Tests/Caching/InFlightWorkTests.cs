using FaceVoice.Inference.Caching;

namespace FaceVoice.Inference.Tests.Caching;

public sealed class InFlightWorkTests
{
    private static readonly CacheKey Key = new(1, 2, 3);
    private readonly InFlightWork<string> _inFlight = new();
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _told;
    private int _runs;

    [Fact]
    public async Task RunAsync_SameKeyAtOnce_WorksOnce()
    {
        var first = Start();
        var second = Start();
        _answer.SetResult("done");

        Assert.Equal(("done", false), await first);
        Assert.Equal(("done", true), await second);
        Assert.Equal(1, _runs);
        Assert.Equal(0, _inFlight.Count);
    }

    [Fact]
    public async Task RunAsync_FirstCallerLeaves_TheOthersGetTheResult()
    {
        using var leave = new CancellationTokenSource();
        var first = Start(leave.Token);
        var second = Start();
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(_told.IsCancellationRequested);
        _answer.SetResult("done");
        Assert.Equal("done", (await second).Value);
    }

    [Fact]
    public async Task RunAsync_AllCallersLeave_StopsTheWorkAndIsForgotten()
    {
        using var leave = new CancellationTokenSource();
        var callers = new[] { Start(leave.Token), Start(leave.Token) };
        await leave.CancelAsync();

        foreach (var caller in callers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }

        Assert.True(_told.IsCancellationRequested);
        Assert.Equal(0, _inFlight.Count);
        _ = Start();
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task RunAsync_WorkFails_EveryCallerIsTold()
    {
        var callers = new[] { Start(), Start() };
        _answer.SetException(new InvalidDataException("broken"));

        foreach (var caller in callers)
        {
            Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => caller)).Message);
        }

        Assert.Equal(0, _inFlight.Count);
    }

    [Fact]
    public async Task RunAsync_OtherKey_IsOtherWork()
    {
        var callers = new[] { Start(), _inFlight.RunAsync(Key with { Kind = 4 }, Work, CancellationToken.None) };
        _answer.SetResult("done");
        await Task.WhenAll(callers);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task RunAsync_ManyComingAndLeaving_NoneHangs()
    {
        var random = new Random(1);
        await Parallel.ForAsync(0, 2000, async (i, _) =>
        {
            using var leave = new CancellationTokenSource();
            int key, patience;
            lock (random)
            {
                (key, patience) = (random.Next(4), random.Next(3));
            }

            var call = _inFlight.RunAsync(new CacheKey(0, 0, (byte)key), async token => { await Task.Delay(1, token); return "done"; }, leave.Token);
            if (patience == 0)
            {
                await leave.CancelAsync();
            }

            try
            {
                Assert.Equal("done", (await call.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None)).Value);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(0, patience);
            }
        });
        Assert.Equal(0, _inFlight.Count);
    }

    private Task<(string Value, bool IsJoined)> Start(CancellationToken cancellationToken = default) => _inFlight.RunAsync(Key, Work, cancellationToken);

    private Task<string> Work(CancellationToken cancellationToken)
    {
        _runs++;
        _told = cancellationToken;
        return _answer.Task;
    }
}
