namespace FaceVoice.Index.Tests;

/// <summary>A folder of the test's own, removed at its end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    /// <summary>Makes the folder.</summary>
    /// <param name="inMemory">Whether to take a disk in memory where there is one: for tests that open an index thousands of times and ask nothing of the disk.</param>
    public TemporaryFolder(bool inMemory = false) =>
        Path = inMemory && Directory.Exists(MemoryDisk)
            ? Directory.CreateDirectory(System.IO.Path.Combine(MemoryDisk, $"facevoice-index-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("facevoice-index-").FullName;

    public string Path { get; }

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
