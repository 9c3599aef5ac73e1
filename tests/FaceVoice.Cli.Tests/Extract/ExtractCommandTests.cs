using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Testing;

namespace FaceVoice.Cli.Tests.Extract;

/// <summary>The command as a process of its own, as a shell sees it.</summary>
public sealed class ExtractCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("facevoice-cli-extract-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Extract_KilledAndResumed_EqualsAnUninterruptedRun()
    {
        var clips = ReferenceData.Media("clips");
        var (whole, killed) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "killed"));
        var (code, output, errors) = Run("extract", clips, "--out", whole, "--jobs", "1", "--json");
        Assert.True(code == 0, errors);
        Assert.Matches("^facevoice extract: note: Each of the 6 sources is taken for a person of its own [^\n]+\n$", errors);
        using var report = JsonDocument.Parse(output);
        Assert.Equal(6, report.RootElement.GetProperty("sources").GetInt32());
        Assert.Equal(0, report.RootElement.GetProperty("failed").GetArrayLength());

        using (var process = Start("extract", clips, "--out", killed, "--jobs", "1"))
        {
            var parts = Path.Combine(killed, ".extract", "parts");
            while (!process.HasExited && !(Directory.Exists(parts) && Directory.EnumerateFiles(parts, "*.jsonl").Any()))
            {
                Thread.Sleep(5); // the moment is the file system's to tell
            }

            process.Kill(); // SIGKILL: nothing of ours runs any more
            process.WaitForExit();
        }

        Assert.False(File.Exists(Path.Combine(killed, "manifest.jsonl")));
        (code, output, errors) = Run("extract", clips, "--out", killed, "--resume", "--json");
        Assert.True(code == 0, errors);
        using var resumed = JsonDocument.Parse(output);
        Assert.InRange(resumed.RootElement.GetProperty("done_before").GetInt32(), 1, 5);
        Assert.Equal(Tree(whole), Tree(killed));
    }

    [Theory]
    [InlineData(2, "extract")]
    [InlineData(2, "extract", "/tmp", "--out", "/tmp/x", "--shard", "3/2")]
    [InlineData(2, "extract", "/tmp", "--out", "/tmp/x", "--faces_per_video", "0")]
    [InlineData(2, "extract", "/tmp", "--out", "/tmp/x", "--jobs", "0")]
    [InlineData(2, "extract", "/tmp", "--out", "/tmp/x", "--identity-regex", "(")]
    [InlineData(2, "extract", "/tmp", "--out", "/tmp/x", "--identity-regex", "(.)", "--identity-from-folder")]
    [InlineData(2, "extract", "/tmp")]
    [InlineData(1, "extract", "/nonexistent/video.mp4", "--out", "/tmp/x")]
    [InlineData(0, "extract", "--help")]
    public void Extract_Usage_HasItsExitCode(int expected, params string[] arguments)
    {
        var (code, output, errors) = Run(arguments);
        Assert.Equal(expected, code);
        Assert.Equal(expected == 0, errors.Length == 0);
        Assert.Equal(expected != 0, output.Length == 0);
    }

    [Fact]
    public void Extract_NothingUsable_FailsWithTheReason()
    {
        var path = Path.Combine(_folder, "-notes ü.mp4");
        File.WriteAllText(path, "just text");
        var (code, _, errors) = Run("extract", path, "--out", Path.Combine(_folder, "out"));
        Assert.Equal(1, code);
        Assert.Contains("-notes ü.mp4: The media is text", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_DryRun_SaysWhoWouldBeWhomAndWritesNothing()
    {
        foreach (var name in new[] { "in/s1/bbaf2n.mpg", "in/s1/lwwz9s.mpg", "in/IMG_0001.mpg", "in/IMG_0002.mpg" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, name))!);
            File.WriteAllText(Path.Combine(_folder, name), "");
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "in", "lost.mpg"), "nowhere");
        var (code, output, errors) = Run("extract", Path.Combine(_folder, "in"), "--dry-run");
        Assert.Equal(0, code);
        Assert.Contains("s1: s1/bbaf2n.mpg, s1/lwwz9s.mpg", output, StringComparison.Ordinal);
        Assert.Contains("4 sources of 3 people", output, StringComparison.Ordinal);
        Assert.Contains("note: 2 sources named as in GRID", errors, StringComparison.Ordinal);
        Assert.Contains("cameras give", errors, StringComparison.Ordinal);
        Assert.Contains("lost.mpg: passed over: the link leads nowhere", errors, StringComparison.Ordinal);

        (code, output, _) = Run("extract", Path.Combine(_folder, "in"), "--dry-run", "--json", "--identity-from-folder");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(2, json.RootElement.GetProperty("identities").GetProperty("s1").GetArrayLength());
        Assert.Equal(0, json.RootElement.GetProperty("notes").GetArrayLength());
        Assert.Equal(1, json.RootElement.GetProperty("passed_over").GetArrayLength());
    }

    /// <summary>Names and contents, apart from the state folder.</summary>
    private static SortedDictionary<string, string> Tree(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/.extract/", StringComparison.Ordinal))
            .ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))),
        StringComparer.Ordinal);

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "facevoice.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }
}
