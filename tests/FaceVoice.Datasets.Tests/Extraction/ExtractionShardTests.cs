using FaceVoice.Datasets.Extraction;

namespace FaceVoice.Datasets.Tests.Extraction;

public sealed class ExtractionShardTests
{
    [Theory]
    [InlineData("1/1", true)]
    [InlineData("3/8", true)]
    [InlineData("0/8", false)]
    [InlineData("9/8", false)]
    [InlineData("1", false)]
    [InlineData("a/b", false)]
    [InlineData("-1/2", false)]
    public void TryParse_EachText_IsOneOrNot(string text, bool valid) => Assert.Equal(valid, ExtractionShard.TryParse(text, out _));

    [Fact]
    public void Contains_AnyId_IsInExactlyOneShard()
    {
        var ids = Enumerable.Range(0, 1_000).Select(i => $"video-{i}").ToList();
        var counts = Enumerable.Range(1, 7).Select(i => ids.Count(new ExtractionShard(i, 7).Contains)).ToList();
        Assert.Equal(1_000, counts.Sum());
        Assert.All(ids, id => Assert.Single(Enumerable.Range(1, 7), i => new ExtractionShard(i, 7).Contains(id)));
        Assert.All(counts, count => Assert.InRange(count, 90, 200)); // 143 expected, deviation 11
    }
}
