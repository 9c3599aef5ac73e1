using System.Net.Sockets;
using FaceVoice.Datasets.Sources;

namespace FaceVoice.Datasets.Tests.Sources;

public sealed class SourceCatalogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-catalog-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Find_Folder_TakesVideosAndPairsImagesWithRecordings()
    {
        Touch("a/one_1.mp4", "a/one_2.mp4", "b/anna.jpg", "b/anna.wav", "thumb.mp4", "thumb.jpg", "notes.txt", "lonely.png", ".hidden.mp4");

        var sources = SourceCatalog.Find([_folder], new IdentityRule()).Sources;

        Assert.Equal(["a/one_1.mp4", "a/one_2.mp4", "b/anna", "lonely.png", "thumb.mp4"], sources.Select(source => source.Name));
        Assert.Equal(["a-one", "a-one", "b-anna", "lonely", "thumb"], sources.Select(source => source.Identity.Person));
        Assert.Equal((1, 1), (sources[2].Images.Count, sources[2].Recordings.Count));
        Assert.Equal(5, sources.Select(source => source.Id).Distinct().Count());
    }

    [Fact]
    public void Find_ImagesAndRecordingsInTwoFolders_ArePairedByStem()
    {
        Touch("pictures/x.jpg", "sounds/x.flac");
        var source = Assert.Single(
            SourceCatalog.Find([Path.Combine(_folder, "pictures"), Path.Combine(_folder, "sounds")], new IdentityRule()).Sources);
        Assert.Equal(("x", 1, 1), (source.Name, source.Images.Count, source.Recordings.Count));
    }

    [Fact]
    public void Find_Glob_MatchesWithinAndAcrossFolders()
    {
        Touch("a/1.mp4", "a/deep/2.mp4", "b/3.mkv");
        Assert.Equal(["1.mp4"], Names("a/*.mp4"));
        Assert.Equal(["a/1.mp4", "a/deep/2.mp4"], Names("**/*.mp4"));
        Assert.Equal(["b/3.mkv"], Names("?/*.mkv"));
        Assert.Throws<FileNotFoundException>(() => Names("*.nothing"));

        IEnumerable<string> Names(string pattern) =>
            SourceCatalog.Find([Path.Combine(_folder, pattern)], new IdentityRule()).Sources.Select(source => source.Name);
    }

    [Fact]
    public void Find_SameNameInTwoFolders_StaysApart()
    {
        Touch("a/x.mp4", "b/x.mp4");
        var sources = SourceCatalog.Find(
            [Path.Combine(_folder, "a/x.mp4"), Path.Combine(_folder, "b/x.mp4"), Path.Combine(_folder, "b")], new IdentityRule()).Sources;
        Assert.Equal(2, sources.Count);
        Assert.Equal(2, sources.Select(source => source.Id).Distinct().Count());
        Assert.Equal(2, sources.Select(source => source.Identity.Person).Distinct().Count());
    }

    [Fact]
    public void Find_NothingThere_SaysWhat() =>
        Assert.Throws<FileNotFoundException>(() => SourceCatalog.Find(["/nonexistent/x.mp4"], new IdentityRule()).Sources);

    [Fact]
    public void Find_LinksThatLoopAndLinkedFolders_ShowsEachRealFolderOnce()
    {
        Touch("in/anna/1.mp4", "in/anna/2.mp4", "elsewhere/ben/1.mp4");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "anna", "again"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "Annie"), "anna");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "up"), Path.GetDirectoryName(_folder)!);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "more"), Path.Combine(_folder, "elsewhere"));

        var list = SourceCatalog.Find([Path.Combine(_folder, "in")], new IdentityRule());

        Assert.Equal(["anna/1.mp4", "anna/2.mp4", "more/ben/1.mp4"], list.Sources.Select(source => source.Name));
        Assert.Equal(
            [("in/Annie", "searched already"), ("in/anna/again", "searched already"), ("in/up", "above")],
            list.PassedOver
                .Select(entry => (Path.GetRelativePath(_folder, entry.Path), entry.Reason.Contains("above", StringComparison.Ordinal) ? "above" : entry.Reason[^16..]))
                .OrderBy(entry => entry.Item1, StringComparer.Ordinal));
    }

    [Fact]
    public void Find_LinkAndHardLinkToAFile_TakesItOnceUnderItsOwnName()
    {
        Touch("in/z.mp4", "in/other.mp4");
        File.CreateSymbolicLink(Path.Combine(_folder, "in", "a.mp4"), "z.mp4");
        var list = SourceCatalog.Find([Path.Combine(_folder, "in")], new IdentityRule());
        Assert.Equal(["other.mp4", "z.mp4"], list.Sources.Select(source => source.Name));
        Assert.StartsWith("it is the same file as", Assert.Single(list.PassedOver).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_DanglingLinksSocketsPipesAndBrokenNames_AreNamedAndPassedOver()
    {
        Touch("in/good.mp4");
        File.CreateSymbolicLink(Path.Combine(_folder, "in", "dangling.mp4"), "gone.mp4");
        File.CreateSymbolicLink(Path.Combine(_folder, "in", "circle.mp4"), "circle.mp4");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "in", "socket.mp4")));
        Shell("mkfifo pipe.mp4", "touch \"$(printf 'br\\377ken.mp4')\"");

        var list = SourceCatalog.Find([Path.Combine(_folder, "in"), Path.Combine(_folder, "missing.mp4")], new IdentityRule());

        Assert.Equal(["good.mp4"], list.Sources.Select(source => source.Name));
        Assert.Equal(
            [
                ("br\ufffdken.mp4", "its name is not valid UTF-8"),
                ("circle.mp4", "its links lead round in a circle"),
                ("dangling.mp4", "the link leads nowhere"),
                ("missing.mp4", "there is no such file or folder"),
                ("pipe.mp4", "it is a pipe"),
                ("socket.mp4", "it is a socket"),
            ],
            list.PassedOver.Select(
                entry => (Path.GetFileName(entry.Path), entry.Reason)).OrderBy(entry => entry.Item1, StringComparer.Ordinal));
        Shell("rm br*"); // .NET cannot name it, so not remove it either
    }

    [Fact]
    public void Find_FileOrFolderWithoutPermission_IsNamedAndPassedOver()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        Touch("in/good.mp4", "in/closed.mp4", "in/locked/x.mp4");
        File.SetUnixFileMode(Path.Combine(_folder, "in", "closed.mp4"), UnixFileMode.None);
        File.SetUnixFileMode(Path.Combine(_folder, "in", "locked"), UnixFileMode.None);
        try
        {
            var list = SourceCatalog.Find([Path.Combine(_folder, "in")], new IdentityRule());
            Assert.Equal(["good.mp4"], list.Sources.Select(source => source.Name));
            Assert.All(list.PassedOver, entry => Assert.Contains("may not", entry.Reason, StringComparison.Ordinal));
            Assert.Equal(2, list.PassedOver.Count);
        }
        finally
        {
            File.SetUnixFileMode(
                Path.Combine(_folder, "in", "locked"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Shell(params string[] commands)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", string.Join('\n', commands)])
        {
            WorkingDirectory = Path.Combine(_folder, "in"),
        })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void Touch(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, name))!);
            File.WriteAllText(Path.Combine(_folder, name), "");
        }
    }
}
