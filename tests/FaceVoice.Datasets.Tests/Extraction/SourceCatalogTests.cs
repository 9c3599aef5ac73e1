using FaceVoice.Datasets.Extraction;

namespace FaceVoice.Datasets.Tests.Extraction;

public sealed class SourceCatalogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-catalog-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Find_Folder_TakesVideosAndPairsPicturesWithSounds()
    {
        Touch("a/one_1.mp4", "a/one_2.mp4", "b/anna.jpg", "b/anna.wav", "thumb.mp4", "thumb.jpg", "notes.txt", "lonely.png", ".hidden.mp4");

        var sources = SourceCatalog.Find([_folder], new IdentityRule());

        Assert.Equal(["a/one_1.mp4", "a/one_2.mp4", "b/anna", "lonely.png", "thumb.mp4"], sources.Select(source => source.Name));
        Assert.Equal(["a-one", "a-one", "b-anna", "lonely", "thumb"], sources.Select(source => source.Identity));
        Assert.Equal((1, 1), (sources[2].Pictures.Count, sources[2].Sounds.Count));
        Assert.Equal(5, sources.Select(source => source.Id).Distinct().Count());
    }

    [Fact]
    public void Find_PicturesAndSoundsInTwoFolders_ArePairedByStem()
    {
        Touch("pictures/x.jpg", "sounds/x.flac");
        var source = Assert.Single(SourceCatalog.Find([Path.Combine(_folder, "pictures"), Path.Combine(_folder, "sounds")], new IdentityRule()));
        Assert.Equal(("x", 1, 1), (source.Name, source.Pictures.Count, source.Sounds.Count));
    }

    [Fact]
    public void Find_Glob_MatchesWithinAndAcrossFolders()
    {
        Touch("a/1.mp4", "a/deep/2.mp4", "b/3.mkv");
        Assert.Equal(["1.mp4"], Names("a/*.mp4"));
        Assert.Equal(["a/1.mp4", "a/deep/2.mp4"], Names("**/*.mp4"));
        Assert.Equal(["b/3.mkv"], Names("?/*.mkv"));
        Assert.Throws<FileNotFoundException>(() => Names("*.nothing"));

        IEnumerable<string> Names(string pattern) => SourceCatalog.Find([Path.Combine(_folder, pattern)], new IdentityRule()).Select(source => source.Name);
    }

    [Fact]
    public void Find_SameNameInTwoFolders_StaysApart()
    {
        Touch("a/x.mp4", "b/x.mp4");
        var sources = SourceCatalog.Find([Path.Combine(_folder, "a/x.mp4"), Path.Combine(_folder, "b/x.mp4"), Path.Combine(_folder, "b")], new IdentityRule());
        Assert.Equal(2, sources.Count);
        Assert.Equal(2, sources.Select(source => source.Id).Distinct().Count());
        Assert.Equal(2, sources.Select(source => source.Identity).Distinct().Count());
    }

    [Fact]
    public void Find_NothingThere_SaysWhat() => Assert.Throws<FileNotFoundException>(() => SourceCatalog.Find(["/nonexistent/x.mp4"], new IdentityRule()));

    private void Touch(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, name))!);
            File.WriteAllText(Path.Combine(_folder, name), "");
        }
    }
}
