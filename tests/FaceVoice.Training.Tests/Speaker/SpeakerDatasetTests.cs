using FaceVoice.Training.Speaker.Data;
using Xunit;

namespace FaceVoice.Training.Tests.Speaker;

public sealed class SpeakerDatasetTests
{
    [Fact]
    public void Open_FolderPerSpeaker_ListsInOrder()
    {
        using var speakers = new SyntheticSpeakers(3, 2);

        Assert.Equal(["s00", "s01", "s02"], speakers.Data.Speakers);
        Assert.Equal(6, speakers.Data.Utterances.Count);
    }

    [Fact]
    public void Open_FolderWithLinksAndBrokenNames_NamesThemAndGoesRoundInNoCircle()
    {
        using var speakers = new SyntheticSpeakers(2, 1);
        var folder = Path.Combine(speakers.Root, "data", "s00");
        File.CreateSymbolicLink(Path.Combine(folder, "gone.wav"), "nowhere.wav");
        File.CreateSymbolicLink(Path.Combine(folder, "again"), "..");
        Directory.CreateSymbolicLink(Path.Combine(speakers.Root, "data", "s02"), "s01");

        var data = SpeakerDataset.Open(Path.Combine(speakers.Root, "data"));

        Assert.Equal(["s00", "s01"], data.Speakers);
        Assert.Equal(2, data.Utterances.Count);
        Assert.Equal(["again", "gone.wav", "s02"], data.PassedOver.Select(entry => Path.GetFileName(entry.Path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Open_SpeakersInTwoUnicodeForms_AreOne()
    {
        using var speakers = new SyntheticSpeakers(2, 1);
        Directory.Move(Path.Combine(speakers.Root, "data", "s00"), Path.Combine(speakers.Root, "data", "Jos\u00e9"));
        Directory.Move(Path.Combine(speakers.Root, "data", "s01"), Path.Combine(speakers.Root, "data", "Jose\u0301"));
        Assert.Single(SpeakerDataset.Open(Path.Combine(speakers.Root, "data")).Speakers);
    }

    [Fact]
    public void Open_Table_ResolvesPathsAndQuotes()
    {
        var folder = Directory.CreateTempSubdirectory();
        var table = Path.Combine(folder.FullName, "utterances.csv");
        File.WriteAllText(table, "speaker,gender,path\n\"Doe, Jane\",f,a/1.opus\r\nbob,m,\"b \"\"2\"\".opus\"\n\n");

        var data = SpeakerDataset.Open(table);

        Assert.Equal(["Doe, Jane", "bob"], data.Speakers);
        Assert.Equal(Path.Combine(folder.FullName, "b \"2\".opus"), data.Utterances[1].Path);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("name,file\nx,y\n", "path and speaker")]
    [InlineData("path,speaker\na.wav\n", "line 2")]
    [InlineData("path,speaker\n", "no recordings")]
    public void Open_BadTable_SaysWhatIsWrong(string content, string expected)
    {
        var table = Path.GetTempFileName();
        File.WriteAllText(table, content);

        var error = Assert.Throws<SpeakerDataException>(() => SpeakerDataset.Open(table));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        File.Delete(table);
    }

    [Fact]
    public void Filter_MinimumAndMaximum_DropsAndSpreads()
    {
        var data = SpeakerDataset.Of(
        [
            .. Enumerable.Range(0, 10).Select(i => new SpeakerUtterance($"/a/{i}", "a")),
            new("/b/0", "b"),
        ]);

        var filtered = data.Filter(2, 5);

        Assert.Equal(["a"], filtered.Speakers);
        Assert.Equal(["/a/0", "/a/2", "/a/4", "/a/6", "/a/8"], filtered.Utterances.Select(u => u.Path));
    }

    [Fact]
    public void HoldOut_SameSeed_SamePeopleAndNobodyOnBothSides()
    {
        using var speakers = new SyntheticSpeakers(9, 4);

        var (training, validation) = speakers.Data.HoldOut(3, 4, seed: 5);
        var again = speakers.Data.HoldOut(3, 4, seed: 5);

        Assert.Equal(3, validation.Speakers.Count);
        Assert.Empty(training.Speakers.Intersect(validation.Speakers));
        Assert.Equal(validation.Speakers, again.Validation.Speakers);
        Assert.Throws<SpeakerDataException>(() => speakers.Data.HoldOut(8, 4, seed: 5));
    }

    [Fact]
    public void Histogram_MixedCounts_CountsEverySpeakerOnce()
    {
        var data = SpeakerDataset.Of(
        [
            new("/a", "a"),
            .. Enumerable.Range(0, 25).Select(i => new SpeakerUtterance($"/b{i}", "b")),
            .. Enumerable.Range(0, 3).Select(i => new SpeakerUtterance($"/c{i}", "c")),
        ]);

        var bins = data.Histogram().Bins;

        Assert.Equal([(1, 1), (3, 1), (20, 1)], bins.Select(b => (b.From, b.Speakers)));
        Assert.Equal(29, bins.Sum(b => b.Recordings));
    }
}
