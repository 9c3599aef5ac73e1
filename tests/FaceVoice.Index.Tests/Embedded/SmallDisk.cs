using System.Diagnostics;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>A file system of 256 KiB of the test's own.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts it; null where this process may not.</summary>
    public static SmallDisk? TryMount(string path)
    {
        Directory.CreateDirectory(path);
        return OperatingSystem.IsLinux() && File.Exists("/bin/mount") && Run("/bin/mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path) ? new(path) : null;
    }

    public void Dispose() => Run("/bin/umount", "-l", Path);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
