using FaceVoice.Datasets.MediaFeatures;

namespace FaceVoice.Datasets.Tests.MediaFeatures;

public sealed class MediaDataSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FromFolders_SameStems_ArePairs_AndTheRestIsRejectedWithReasons()
    {
        Touch("img/anna_1.jpg", "img/anna_2.JPG", "img/ben_1.png", "img/notes.txt", "aud/anna_1.wav", "aud/anna_2.mp3", "aud/carl_1.wav");
        var set = MediaDataSet.FromFolders(Path.Combine(_folder, "img"), Path.Combine(_folder, "aud"));
        Assert.Equal(["anna_1", "anna_2"], set.Pairs.Select(pair => pair.Id));
        Assert.All(set.Pairs, pair => Assert.Equal("anna", pair.Identity));
        Assert.Equal([("ben_1", "no recording of the same stem"), ("carl_1", "no picture of the same stem")], set.Rejected.Select(item => (item.Id, item.Reason)));
    }

    [Fact]
    public void FromFolders_Empty_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "img"));
        Directory.CreateDirectory(Path.Combine(_folder, "aud"));
        var error = Assert.Throws<InvalidDataException>(() => MediaDataSet.FromFolders(Path.Combine(_folder, "img"), Path.Combine(_folder, "aud")));
        Assert.Contains("no usable pair", error.Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => MediaDataSet.FromFolders(Path.Combine(_folder, "none"), Path.Combine(_folder, "aud")));
    }

    [Fact]
    public void FromManifest_PathOutsideItsFolder_IsRefused()
    {
        Touch("img/a.jpg");
        File.WriteAllText(Path.Combine(_folder, "manifest.jsonl"), """{"id":"a","identity":"a","face":"../../etc/passwd","voice":"img/a.jpg"}""");
        Assert.Contains("outside", Assert.Throws<InvalidDataException>(() => MediaDataSet.FromManifest(_folder)).Message, StringComparison.Ordinal);
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
