using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Manifest;

namespace FaceVoice.Datasets.Tests.Manifest;

public sealed class MediaManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FromFolders_SameStems_ArePairs_AndTheRestIsRejectedWithReasons()
    {
        Touch("img/anna_1.jpg", "img/anna_2.JPG", "img/ben_1.png", "img/notes.txt", "aud/anna_1.wav", "aud/anna_2.mp3", "aud/carl_1.wav");
        var set = MediaManifest.FromFolders(Path.Combine(_folder, "img"), Path.Combine(_folder, "aud"));
        Assert.Equal(["anna_1", "anna_2"], set.Samples.Select(sample => sample.Id));
        Assert.All(set.Samples, sample => Assert.Equal("anna", sample.Identity));
        Assert.Equal([("ben_1", "no recording of the same stem"), ("carl_1", "no image of the same stem")], set.Rejected.Select(item => (item.Id, item.Reason)));
    }

    [Fact]
    public void FromFolders_Empty_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "img"));
        Directory.CreateDirectory(Path.Combine(_folder, "aud"));
        var error = Assert.Throws<InvalidDataException>(
            () => MediaManifest.FromFolders(Path.Combine(_folder, "img"), Path.Combine(_folder, "aud")));
        Assert.Contains("no usable pair", error.Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(
            () => MediaManifest.FromFolders(Path.Combine(_folder, "none"), Path.Combine(_folder, "aud")));
    }

    [Fact]
    public void FromManifest_PathOutsideItsFolder_IsRefused()
    {
        Touch("img/a.jpg");
        File.WriteAllText(Path.Combine(_folder, "manifest.jsonl"), """{"id":"a","identity":"a","face":"../../etc/passwd","voice":"img/a.jpg"}""");
        Assert.Contains(
            "outside", Assert.Throws<InvalidDataException>(() => MediaManifest.FromFolder(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFolder_LinesOfOthers_AreTakenForWhatTheyHold()
    {
        Touch("a.jpg", "a.wav");
        File.WriteAllLines(Path.Combine(_folder, "manifest.jsonl"),
        [
            """{"id":"1","identity":"Jose\u0301","face":"a.jpg","voice":"a.wav","quality":"fine","attributes":{"gender":"f"},"split":"TEST"}""",
            """{"id":"2","identity":"Jos\u00e9","face":"a.jpg","voice":"a.wav","attributes":{"gender":"unknown"},"split":"other"}""",
            """{"id":"1","identity":"twin","face":"a.jpg","voice":"a.wav"}""",
            """{"id":"3","identity":"blind","voice":"a.wav"}""",
            """{"id":"4","identity":" ","face":"a.jpg","voice":"a.wav"}""",
            """{"id":"5","identity":"gone","face":"b.jpg","voice":"a.wav"}""",
        ]);
        var manifest = MediaManifest.FromFolder(_folder);
        Assert.Equal(["1", "2"], manifest.Samples.Select(sample => sample.Id));
        Assert.Single(manifest.Samples.Select(sample => sample.Identity).Distinct()); // composed and decomposed letters are the same
        Assert.Equal(("f", SplitPart.Test), (manifest.Samples[0].Attributes?.Gender, manifest.Samples[0].Split));
        Assert.Equal((null, null), (manifest.Samples[1].Attributes, manifest.Samples[1].Split));
        Assert.Equal(Path.Combine(_folder, "a.jpg"), manifest.Samples[0].Face);
        Assert.Equal(
            [
                ("1", "an earlier sample has the same id"),
                ("3", "it has no face"),
                ("4", "it has no identity"),
                ("5", "its face cannot be read: there is no such file or folder"),
            ],
            manifest.Rejected.Select(sample => (sample.Id, sample.Reason)));
    }

    [Theory]
    [InlineData("{", "line 2: not JSON")]
    [InlineData("[]", "line 2: not a JSON object")]
    [InlineData("""{"identity":"a"}""", "line 2: a sample needs an \"id\"")]
    [InlineData("""{"id":7}""", "line 2: \"id\" is 7; a text is needed")]
    public void FromFolder_MalformedLine_IsNamed(string line, string message)
    {
        File.WriteAllLines(Path.Combine(_folder, "manifest.jsonl"), ["", line]);
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => MediaManifest.FromFolder(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFolder_Attributes_AreTakenUnlessTheFramesDisagree()
    {
        Touch("a.jpg", "a.wav");
        string Line(string id, string attributes) =>
            $$"""{"id":"{{id}}","identity":"{{id}}","face":"a.jpg","voice":"a.wav","attributes":{{attributes}}}""";
        File.WriteAllLines(Path.Combine(_folder, "manifest.jsonl"),
        [
            Line("a", """{"gender":"f","gender_probability":0.97,"gender_disagrees":false,"age":31.5}"""),
            Line("b", """{"gender":"m","gender_probability":0.55,"gender_disagrees":true,"age":31.5}"""),
            Line("c", """{"gender":"m","age_band":"child"}"""),
        ]);
        var samples = MediaManifest.FromFolder(_folder).Samples;
        Assert.Equal(["f", null, "m"], samples.Select(sample => sample.Attributes?.Gender));
        Assert.Equal([null, null, "child"], samples.Select(sample => sample.Attributes?.AgeBand));
    }

    [Fact]
    public void FromFolders_DanglingLinkAndLoop_ArePassedOver()
    {
        Touch("img/anna_1.jpg", "aud/anna_1.wav");
        File.CreateSymbolicLink(Path.Combine(_folder, "img", "ben_1.jpg"), "nowhere.jpg");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "aud", "again"), "..");
        var manifest = MediaManifest.FromFolders(Path.Combine(_folder, "img"), Path.Combine(_folder, "aud"));
        Assert.Equal(["anna_1"], manifest.Samples.Select(sample => sample.Id));
        Assert.Contains(manifest.Rejected, entry => entry.Id.EndsWith("ben_1.jpg", StringComparison.Ordinal) && entry.Reason == "the link leads nowhere");
        Assert.Contains(manifest.Rejected, entry => entry.Id.EndsWith("again", StringComparison.Ordinal));
    }

    private void Touch(params string[] names)
    {
        foreach (var name in names)
        {
            var path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }
}
