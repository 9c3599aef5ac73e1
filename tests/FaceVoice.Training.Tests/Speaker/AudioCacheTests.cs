using Xunit;

namespace FaceVoice.Training.Tests.Speaker;

public sealed class AudioCacheTests
{
    [Fact]
    public void Build_SecondTime_DecodesNothing()
    {
        using var speakers = new SyntheticSpeakers(2, 2);
        speakers.Open().Dispose();
        using var cache = speakers.Open();

        Assert.Equal(4, speakers.Decoded);
        Assert.Equal(19_200, cache.Length(3));
        var read = new float[19_200];
        cache.Read(3, 0, read);
        var expected = SyntheticSpeakers.Sound(1, 1, 19_200);
        Assert.All(read.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1f / 32_768));
    }

    [Fact]
    public void Build_AfterCrash_DecodesOnlyWhatWasLost()
    {
        using var speakers = new SyntheticSpeakers(3, 2);
        speakers.Open().Dispose();
        var spans = Path.Combine(speakers.Cache, "spans.jsonl");
        var lines = File.ReadAllLines(spans);
        File.WriteAllText(spans, string.Join('\n', lines[..4]) + '\n' + lines[4][..20]);

        using var cache = speakers.Open();

        Assert.Equal(8, speakers.Decoded);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(19_200, cache.Length(i)));
    }

    [Fact]
    public void Build_SamplesCutOff_DecodesThemAgain()
    {
        using var speakers = new SyntheticSpeakers(2, 2);
        speakers.Open().Dispose();
        using (var stream = File.OpenWrite(Path.Combine(speakers.Cache, "audio.i16")))
        {
            stream.SetLength(stream.Length - 1_001);
        }

        using var cache = speakers.Open();

        Assert.Equal(5, speakers.Decoded);
        var read = new float[19_200];
        Assert.All(Enumerable.Range(0, 4), i => cache.Read(i, 0, read));
    }

    [Fact]
    public void Build_BrokenFile_IsEmptyAndRemembered()
    {
        using var speakers = new SyntheticSpeakers(2, 2);
        File.WriteAllText(speakers.Data.Utterances[1].Path, "broken");
        speakers.Open().Dispose();
        using var cache = speakers.Open();

        Assert.Equal(0, cache.Length(1));
        Assert.Equal(4, speakers.Decoded);
    }

    [Fact]
    public void Read_PastTheEnd_StartsAgain()
    {
        using var speakers = new SyntheticSpeakers(2, 1, seconds: 0.01);
        using var cache = speakers.Open();
        var read = new float[400];

        cache.Read(0, 100, read);

        Assert.Equal(read[..60], read[160..220]);
    }
}
