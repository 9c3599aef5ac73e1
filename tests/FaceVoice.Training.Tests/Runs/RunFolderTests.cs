using FaceVoice.Models;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Create_FolderWithRun_IsRefused()
    {
        var run = RunFolder.Create(_folder);
        File.WriteAllText(run.LogFile, "");
        Assert.Contains("--resume", Assert.Throws<IOException>(() => RunFolder.Create(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderWithoutRun_IsRefused() => Assert.Throws<DirectoryNotFoundException>(() => RunFolder.Open(_folder));

    [Fact]
    public void WriteAtomically_FailingWriter_KeepsTheOldFile()
    {
        var path = Path.Combine(_folder, "state");
        AtomicFile.Write(path, stream => stream.Write("old"u8));
        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("ne"u8);
            throw new IOException("No space left on device.");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }
}
