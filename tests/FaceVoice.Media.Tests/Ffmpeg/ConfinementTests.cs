using System.Collections.Concurrent;
using System.Globalization;
using FaceVoice.Media.Ffmpeg;

namespace FaceVoice.Media.Tests.Ffmpeg;

/// <summary>What the confined program is given, and that nothing it does keeps it alive or fills our memory.</summary>
[Collection(AloneCollection.Name)]
public sealed class ConfinementTests
{
    private static readonly MediaLimits Limits = new();
    private static readonly ProcessBudget Budget = new(TimeSpan.FromSeconds(60), CpuSeconds: 7, MemoryBytes: 1L << 30);

    [Fact]
    public async Task Start_Program_GetsNoEnvironmentNoNamesNoNetworkAndItsLimits()
    {
        Environment.SetEnvironmentVariable("FACEVOICE_TEST_SECRET", "swordfish");
        using var fake = new FakeFfmpeg("exec >&4; env; echo \"words: $*\"; echo \"limits: $(ulimit -S -t) $(ulimit -H -t) $(ulimit -v) $(ulimit -f) $(ulimit -c)\"; cat /proc/net/dev; echo \"file: $(head -c 4 <&3)\"");
        var output = await RunAsync(fake);
        Environment.SetEnvironmentVariable("FACEVOICE_TEST_SECRET", null);

        Assert.DoesNotContain("swordfish", output, StringComparison.Ordinal);
        Assert.DoesNotContain("HOME", output, StringComparison.Ordinal);
        Assert.Contains("-protocol_whitelist file -format_whitelist flac", output, StringComparison.Ordinal);
        Assert.Contains("-i /proc/self/fd/3", output, StringComparison.Ordinal);
        Assert.DoesNotContain("confine:", output, StringComparison.Ordinal);
        Assert.DoesNotContain(".flac", output, StringComparison.Ordinal);
        Assert.Contains($"limits: 7 9 {1 << 20} 0 0", output, StringComparison.Ordinal);
        Assert.Contains("file: fLaC", output, StringComparison.Ordinal);
        if (FfmpegPrograms.Locate().HasOwnNetwork)
        {
            var interfaces = output.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal) && line.Contains(" 0  ", StringComparison.Ordinal)).ToList();
            Assert.All(interfaces, line => Assert.StartsWith("lo:", line.TrimStart(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Run_FloodOfErrors_IsDrainedAndNotKept()
    {
        const int lines = 400_000;
        using var fake = new FakeFfmpeg($"yes '[h264 @ 0x5] error while decoding MB 7 4, bytestream -6, and so on and so forth, a line of a hundred characters' 2>/dev/null | head -n {lines} >&2; exit 1");
        var (seen, most) = (0, 0L);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var input = MediaInput.FromFile(GeneratedMedia.Tone("tone.flac"), Limits);
        await using var process = FfmpegProcess.Start(
            input,
            Budget,
            options => options.Restrict(input.Kind, Limits),
            options => options.DecodeAudio(track: null),
            _ =>
            {
                most = ++seen % 100_000 == 0 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before) : most;
                return false;
            },
            CancellationToken.None);

        var error = await Assert.ThrowsAsync<CorruptMediaException>(() => process.EnsureSucceededAsync("FLAC", CancellationToken.None));

        Assert.Equal(lines, seen);
        Assert.InRange(most, long.MinValue, 16 << 20); // 88 MB of text would be kept
        Assert.InRange(error.Message.Length, 1, 300);
    }

    [Fact]
    public async Task Cancel_ProgramThatClosedItsInputAndHasChildren_LeavesNone()
    {
        using var fake = new FakeFfmpeg("exec 0<&-; trap '' TERM INT HUP; sleep 600 & echo \"pids: $$ $!\" >&2; wait");
        using var cancel = new CancellationTokenSource();
        var pids = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var input = MediaInput.FromFile(GeneratedMedia.Tone("tone.flac"), Limits);
        await using (var process = FfmpegProcess.Start(
            input,
            Budget,
            options => options.Restrict(input.Kind, Limits),
            options => options.DecodeAudio(track: null),
            line => line.StartsWith("pids: ", StringComparison.Ordinal)
                && pids.TrySetResult([.. line.Split(' ')[1..].Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))]),
            cancel.Token))
        {
            Assert.All(await pids.Task, pid => Assert.True(IsRunning(pid)));
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => process.EnsureSucceededAsync("FLAC", cancel.Token));
        }

        Assert.All(await pids.Task, pid => Assert.False(IsRunning(pid)));
        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Run_ProgramThatNeverEnds_IsStoppedAtItsDeadline()
    {
        using var fake = new FakeFfmpeg("exec sleep 600");
        var hasty = new AudioDecoder(new MediaLimits { FfmpegWallSeconds = 1 });
        var tone = await File.ReadAllBytesAsync(GeneratedMedia.Tone("tone.flac"), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<MediaLimitException>(() => hasty.DecodeAsync(tone));
        Assert.Contains("longer than the 1 s", error.Message, StringComparison.Ordinal);
        Assert.Empty(ChildProcesses.List());
    }

    [Fact]
    public async Task Run_ProgramThatIsNotThere_SaysSo()
    {
        using var fake = new FakeFfmpeg("exec /no/such/program");
        var tone = await File.ReadAllBytesAsync(GeneratedMedia.Tone("tone.flac"), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<FfmpegUnavailableException>(() => new AudioDecoder(Limits).DecodeAsync(tone));
        Assert.Contains("/no/such/program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindScripts_RightToExecuteWasLost_IsGivenBack()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "ffmpeg");
        var folder = Directory.CreateDirectory(GeneratedMedia.PathOf("scripts")).FullName;
        foreach (var name in new[] { "ffmpeg", "ffprobe" })
        {
            var copy = GeneratedMedia.Write(Path.Combine("scripts", name), File.ReadAllBytes(Path.Combine(shipped, name)));
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Equal(folder, FfmpegPrograms.FindScripts(folder));
        Assert.All(Directory.GetFiles(folder), script => Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute)));
    }

    [Fact]
    public void FindScripts_ScriptsAreMissing_NamesThem()
    {
        var error = Assert.Throws<FfmpegUnavailableException>(() => FfmpegPrograms.FindScripts("/no/such/folder"));
        Assert.Contains("/no/such/folder/ffmpeg", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs the fake to its end and gives everything that it printed.</summary>
    private static async Task<string> RunAsync(FakeFfmpeg fake)
    {
        ArgumentNullException.ThrowIfNull(fake);
        var lines = new ConcurrentQueue<string>();
        using var input = MediaInput.FromFile(GeneratedMedia.Tone("tone.flac"), Limits);
        await using var process = FfmpegProcess.Start(
            input,
            Budget,
            options => options.Restrict(input.Kind, Limits),
            options => options.DecodeAudio(track: null),
            line =>
            {
                lines.Enqueue(line);
                return true;
            },
            CancellationToken.None);
        using var reader = new StreamReader(process.Output);
        var output = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.EnsureSucceededAsync("FLAC", CancellationToken.None);
        return output + string.Join('\n', lines);
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
