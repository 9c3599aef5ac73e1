using System.Text;
using FaceVoice.Inference.Caching;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Models;

namespace FaceVoice.Inference.Tests.Caching;

public sealed class EmbeddingCacheTests : IDisposable
{
    private readonly EngineMetrics _metrics = new();
    private readonly EmbeddingCache _cache;
    private readonly TaskCompletionSource<FaceEmbedding> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _told;
    private int _runs;

    public EmbeddingCacheTests() => _cache = new EmbeddingCache(maxBytes: 3000, _metrics);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task GetOrAdd_PartThenWhole_MakesBoth_AndTheWholeAnswersForThePart()
    {
        var (parts, wholes) = (0, 0);
        Task<FaceEmbedding> PartAsync() => _cache.GetOrAddAsync(Bytes("a"), _ => Task.FromResult(Face(values: ++parts)), default, isPart: true);
        Task<FaceEmbedding> WholeAsync() => _cache.GetOrAddAsync(Bytes("a"), _ => Task.FromResult(Face(values: 10 + ++wholes)), default);

        Assert.False((await PartAsync()).FromCache);
        Assert.True((await PartAsync()).FromCache);
        Assert.False((await WholeAsync()).FromCache);
        Assert.Equal(11, (await PartAsync()).Face.Dimension);
        Assert.Equal((1, 1), (parts, wholes));
    }

    [Fact]
    public async Task GetOrAdd_BeyondItsBytes_DropsTheLeastRecentlyUsed()
    {
        foreach (var media in new[] { "a", "b", "c", "a", "d" })
        {
            await AddAsync(media);
        }

        Assert.InRange(_cache.Bytes, 1, 3000);
        Assert.Equal((1, 4), (_cache.Hits, _cache.Misses));
        Assert.True((await AddAsync("a")).FromCache);
        Assert.False((await AddAsync("b")).FromCache);
    }

    [Fact]
    public async Task AnswersOften_FromOneAnswerInTen_IsTrue()
    {
        for (var i = 0; i < 9; i++)
        {
            await AddAsync($"{i}");
        }

        Assert.False(_cache.AnswersOften);
        await AddAsync("8");
        Assert.True(_cache.AnswersOften);
        await AddAsync("9");
        Assert.False(_cache.AnswersOften);
    }

    [Fact]
    public async Task GetOrAdd_SameMediaOfAnotherKind_IsAnotherEntry()
    {
        await AddAsync("a");
        var voice = await _cache.GetOrAddAsync(Bytes("a"), _ => Task.FromResult(Voice()), default);
        Assert.False(voice.FromCache);
    }

    [Fact]
    public async Task GetOrAdd_LargerThanAll_IsNotKept()
    {
        await _cache.GetOrAddAsync(Bytes("a"), _ => Task.FromResult(Face(values: 1000)), default);
        Assert.Equal(0, _cache.Bytes);
    }

    [Fact]
    public async Task GetOrAdd_NoBytes_KeepsAndSharesNothing()
    {
        var none = new EmbeddingCache(maxBytes: 0, _metrics);
        var both = new[] { none.GetOrAddAsync(Bytes("a"), WorkAsync, default), none.GetOrAddAsync(Bytes("a"), WorkAsync, default) };
        _answer.SetResult(Face());
        Assert.All(await Task.WhenAll(both), face => Assert.False(face.FromCache));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task GetOrAdd_SameMediaAtOnce_WorksOnce()
    {
        var first = StartAsync();
        var second = StartAsync();
        _answer.SetResult(Face());

        Assert.False((await first).FromCache);
        Assert.True((await second).FromCache);
        Assert.Equal((1, 0), (_runs, _cache.Running));
    }

    [Fact]
    public async Task GetOrAdd_FirstCallerLeaves_TheOthersGetTheResult()
    {
        using var leave = new CancellationTokenSource();
        var first = StartAsync(leave.Token);
        var second = StartAsync();
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(_told.IsCancellationRequested);
        _answer.SetResult(Face());
        Assert.Equal(100, (await second).Face.Dimension);
    }

    [Fact]
    public async Task GetOrAdd_AllCallersLeave_StopsTheWorkAndForgetsIt()
    {
        using var leave = new CancellationTokenSource();
        var callers = new[] { StartAsync(leave.Token), StartAsync(leave.Token) };
        await leave.CancelAsync();

        foreach (var caller in callers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }

        Assert.True(_told.IsCancellationRequested);
        Assert.Equal(0, _cache.Running);
        _ = StartAsync();
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task GetOrAdd_WorkFails_EveryCallerIsToldAndNothingIsKept()
    {
        var callers = new[] { StartAsync(), StartAsync() };
        _answer.SetException(new InvalidDataException("broken"));

        foreach (var caller in callers)
        {
            Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => caller)).Message);
        }

        Assert.Equal((0, 0), (_cache.Running, _cache.Bytes));
    }

    [Fact]
    public async Task GetOrAdd_ManyComingAndLeaving_NoneHangsAndStaysWithinItsBytes()
    {
        await Parallel.ForAsync(0, 3000, async (i, _) =>
        {
            using var leave = new CancellationTokenSource();
            var call = _cache.GetOrAddAsync(
                Bytes($"{i % 5}"),
                async token =>
                {
                    await Task.Yield();
                    token.ThrowIfCancellationRequested();
                    return Face();
                },
                leave.Token);
            if (i % 3 == 0)
            {
                await leave.CancelAsync();
            }

            try
            {
                await call.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(0, i % 3);
            }
        });
        Assert.Equal(0, _cache.Running);
        Assert.InRange(_cache.Bytes, 1, 3000);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static FaceEmbedding Face(int values = 100) => new()
    {
        ModelId = "model",
        Face = new Embedding("model", EmbeddingSpace.Face, new float[values]),
        Joint = null,
        Detected = null,
        FaceCount = 1,
    };

    private static VoiceEmbedding Voice() => new()
    {
        ModelId = "model",
        Speaker = new Embedding("model", EmbeddingSpace.Speaker, new float[100]),
        Joint = null,
        Windows = [],
        Quality = null,
    };

    private Task<FaceEmbedding> AddAsync(string media) => _cache.GetOrAddAsync(Bytes(media), _ => Task.FromResult(Face()), default);

    private Task<FaceEmbedding> StartAsync(CancellationToken cancellationToken = default) =>
        _cache.GetOrAddAsync(Bytes("a"), WorkAsync, cancellationToken);

    private Task<FaceEmbedding> WorkAsync(CancellationToken cancellationToken)
    {
        _runs++;
        _told = cancellationToken;
        return _answer.Task;
    }
}
