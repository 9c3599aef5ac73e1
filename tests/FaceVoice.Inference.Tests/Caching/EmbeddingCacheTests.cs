using FaceVoice.Inference.Caching;

namespace FaceVoice.Inference.Tests.Caching;

public sealed class EmbeddingCacheTests
{
    [Fact]
    public void Add_BeyondItsBytes_DropsTheLeastRecentlyUsed()
    {
        var cache = new EmbeddingCache(maxBytes: 3 * 1000);
        foreach (var name in new[] { "a", "b", "c" })
        {
            cache.Add(Key(name), name, floats: 100);
        }

        Assert.True(cache.TryGet<string>(Key("a"), out _));
        cache.Add(Key("d"), "d", floats: 100);
        Assert.False(cache.TryGet<string>(Key("b"), out _));
        Assert.True(cache.TryGet<string>(Key("a"), out var kept));
        Assert.Equal("a", kept);
        Assert.InRange(cache.Bytes, 1, 3000);
        Assert.Equal((2, 1), (cache.Hits, cache.Misses));
    }

    [Fact]
    public void TryGet_SameMediaOfAnotherKind_IsAnotherEntry()
    {
        var cache = new EmbeddingCache(10_000);
        cache.Add(EmbeddingCache.KeyOf([1, 2, 3], 1), "face", 10);
        Assert.False(cache.TryGet<string>(EmbeddingCache.KeyOf([1, 2, 3], 2), out _));
    }

    [Fact]
    public void Add_LargerThanAll_IsNotKept()
    {
        var cache = new EmbeddingCache(1000);
        cache.Add(Key("a"), "a", floats: 1000);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public void Add_ManyThreads_StaysWithinItsBytes()
    {
        var cache = new EmbeddingCache(50_000);
        Parallel.For(0, 5000, i =>
        {
            cache.Add(Key($"{i % 500}"), "x", floats: 64);
            cache.TryGet<string>(Key($"{(i * 7) % 500}"), out _);
        });
        Assert.InRange(cache.Bytes, 1, 50_000);
    }

    private static CacheKey Key(string text) => EmbeddingCache.KeyOf(System.Text.Encoding.UTF8.GetBytes(text), 1);
}
