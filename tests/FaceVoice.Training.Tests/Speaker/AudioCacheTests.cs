using System.Collections.Concurrent;
using FaceVoice.Training.Speaker.Audio;
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
    public async Task Build_BrokenAndMissingFiles_AreNamedAndStopNothing()
    {
        using var speakers = new SyntheticSpeakers(2, 2);
        var (broken, missing, linked) = (speakers.Data.Utterances[0].Path, speakers.Data.Utterances[1].Path, speakers.Data.Utterances[2].Path);
        File.WriteAllText(broken, "broken");
        File.Delete(missing);
        File.Delete(linked);
        File.CreateSymbolicLink(linked, "nowhere.wav");
        foreach (var reason in new[] { "broken file", "before" })
        {
            var told = new ConcurrentBag<string>();
            using var cache = await speakers.Builder().BuildAsync(speakers.Data, 2, new Sink(told), TestContext.Current.CancellationToken);
            Assert.Equal([0, 0, 0, 19_200], Enumerable.Range(0, 4).Select(cache.Length));
            Assert.Equal(3, told.Count);
            Assert.Contains(told, line => line.StartsWith(broken + ": ", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
            Assert.Contains($"{missing}: there is no such file or folder", told);
            Assert.Contains($"{linked}: the link leads nowhere", told);
        }
    }

    private sealed class Sink(ConcurrentBag<string> told) : IProgress<CacheProgress>
    {
        public void Report(CacheProgress value)
        {
            if (value.Undecodable is { } line)
            {
                told.Add(line);
            }
        }
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
