using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>
/// What one confined program is given (a file, limits, a place for its output) and what it leaves (lines of errors). FFMpegCore starts the
/// program through <c>confined-ffmpeg.sh</c>, which takes these as words of its own; killing does not need FFMpegCore's help.
/// </summary>
internal sealed partial class Confinement : IAsyncDisposable
{
    /// <summary>The input as the program sees it: reopened through /proc, so that it can be sought in.</summary>
    public const string Input = "/proc/self/fd/3";

    private const int SigKill = 9;
    private readonly AnonymousPipeServerStream _errors = new(PipeDirection.In, HandleInheritability.None);
    private readonly ErrorLog _log;
    private readonly Task _errorsRead;

    /// <summary>Makes the pipes; nothing is started yet.</summary>
    /// <param name="input">The one file that is read.</param>
    /// <param name="budget">What the program may use.</param>
    /// <param name="outputPath">What becomes descriptor 4.</param>
    /// <param name="reportBytes">For FFprobe, the most that it may report; 0 for FFmpeg, which can write nothing but descriptor 4, a pipe.</param>
    /// <param name="onErrorLine">Sees each line of standard error, on another thread; true says that the line was meant for it and is no error.</param>
    public Confinement(MediaInput input, ProcessBudget budget, string outputPath, int reportBytes, Func<string, bool>? onErrorLine)
    {
        const int reportBlock = 512;
        _log = new ErrorLog(onErrorLine);
        _errorsRead = Task.Run(() => _log.ReadAsync(_errors), CancellationToken.None);
        var network = FfmpegPrograms.Locate().HasOwnNetwork ? " confine:network=none" : "";
        var report = reportBytes > 0 ? $" confine:report={reportBytes / reportBlock}" : "";
        Words = string.Create(
            CultureInfo.InvariantCulture,
            $"confine:input={input.Path} confine:output={outputPath} confine:errors={PathOf(_errors.ClientSafePipeHandle)} confine:cpu={budget.CpuSeconds} confine:memory={budget.MemoryBytes >> 10}{report}{network}");
    }

    /// <summary>Gets the words for the script, as part of a command line.</summary>
    public string Words { get; }

    /// <summary>Gets the end of the errors; every line has been shown to the listener by then.</summary>
    public Task ErrorsEnded => _errorsRead;

    /// <summary>Gets the last lines of errors; complete once <see cref="CloseAsync"/> is done.</summary>
    public string Errors => _log.ToString();

    /// <summary>A path under which children of this process can open one of its descriptors, whatever file or pipe that is.</summary>
    public static string PathOf(SafeHandle handle) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}");

    /// <summary>Kills the program and its children, if it has begun; only to be called before it has been waited for.</summary>
    public void Kill()
    {
        // Before its session exists there is no such group, and the one process there is gets the signal instead.
        if (_log.ProcessId is { } leader && SendSignal(-leader, SigKill) != 0)
        {
            _ = SendSignal(leader, SigKill);
        }
    }

    /// <summary>Closes our end of the errors' pipe, once the program is gone, and reads what is left in it.</summary>
    public async Task CloseAsync()
    {
        _errors.DisposeLocalCopyOfClientHandle();
        await _errorsRead.ConfigureAwait(false);
    }

    /// <inheritdoc cref="CloseAsync"/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await _errors.DisposeAsync().ConfigureAwait(false);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int target, int signal);
}
