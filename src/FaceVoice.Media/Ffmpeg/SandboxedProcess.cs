using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>
/// One FFmpeg process in a session of its own: no network, no terminal, no way to write files, bounded processor time, memory and wall clock,
/// nearly empty environment. Its only input is standard input, a regular file that a shell opened for it, so no file name ever reaches FFmpeg.
/// Disposing it, cancelling, or running out of time kills its whole process group and reaps it.
/// </summary>
internal sealed partial class SandboxedProcess : IAsyncDisposable
{
    /// <summary>The input as FFmpeg sees it: reopened through /proc, so that it can be sought in.</summary>
    public const string Input = "file:/proc/self/fd/0";

    private const int SigKill = 9;
    private readonly Process _process;
    private readonly ErrorLog _errors;
    private readonly Task _errorsRead;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenRegistration _killOnCancel;
    private readonly CancellationTokenRegistration _killOnDeadline;

    private SandboxedProcess(Process process, ProcessBudget budget, Func<string, bool>? onErrorLine, CancellationToken cancellationToken)
    {
        _process = process;
        Budget = budget;
        Output = process.StandardOutput.BaseStream;
        _errors = new ErrorLog(onErrorLine);
        _errorsRead = Task.Run(() => _errors.ReadAsync(process.StandardError.BaseStream), CancellationToken.None);
        _deadline = new CancellationTokenSource(budget.Wall);
        _killOnDeadline = _deadline.Token.Register(Kill);
        _killOnCancel = cancellationToken.Register(Kill);
    }

    /// <summary>Gets what the process may use.</summary>
    public ProcessBudget Budget { get; }

    /// <summary>Gets its standard output.</summary>
    public Stream Output { get; }

    /// <summary>Gets the end of its standard error; every line has been shown to the listener by then.</summary>
    public Task ErrorsEnded => _errorsRead;

    /// <summary>Starts FFmpeg or FFprobe.</summary>
    /// <param name="program">One of <see cref="FfmpegPrograms"/>.</param>
    /// <param name="input">Absolute path of what becomes standard input.</param>
    /// <param name="arguments">Its arguments, the input being <see cref="Input"/>.</param>
    /// <param name="budget">What it may use.</param>
    /// <param name="onErrorLine">Sees each line of standard error, on another thread; true says that the line was meant for it and is no error.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    public static SandboxedProcess Start(
        string program, string input, IEnumerable<string> arguments, ProcessBudget budget, Func<string, bool>? onErrorLine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var programs = FfmpegPrograms.Locate();
        var start = new ProcessStartInfo(programs.Shell, Wrap(programs, program, input, arguments, budget))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new SandboxedProcess(process, budget, onErrorLine, cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new FfmpegUnavailableException($"{programs.Shell} does not start: {error.Message}.", error);
        }
    }

    /// <summary>Waits for the end and turns a failure into the error that tells the sender what is wrong.</summary>
    /// <param name="what">The kind of media, for the message.</param>
    /// <param name="cancellationToken">The token that the process was started with.</param>
    public async Task EnsureSucceededAsync(string what, CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _errorsRead.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (_process.ExitCode != 0)
        {
            throw FfmpegErrors.From(_process.ExitCode, _errors.ToString(), _deadline.IsCancellationRequested, what, Budget);
        }
    }

    /// <summary>Kills whatever is left, waits until it is gone, and lets go of its pipes.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _errorsRead.ConfigureAwait(false);
        await _killOnCancel.DisposeAsync().ConfigureAwait(false);
        await _killOnDeadline.DisposeAsync().ConfigureAwait(false);
        _deadline.Dispose();
        _process.Dispose();
    }

    private static List<string> Wrap(
        FfmpegPrograms programs, string program, string input, IEnumerable<string> arguments, ProcessBudget budget)
    {
        List<string> words = ["-c", "input=$1; shift; exec \"$@\" <\"$input\"", "sh", input, programs.Setsid];
        if (programs.Unshare is { } unshare)
        {
            words.AddRange([unshare, "-rn", "--"]);
        }

        words.AddRange(
        [
            programs.Prlimit,
            string.Create(CultureInfo.InvariantCulture, $"--as={budget.MemoryBytes}"),
            string.Create(CultureInfo.InvariantCulture, $"--cpu={budget.CpuSeconds}:{budget.CpuSeconds + 2}"),
            "--core=0", "--fsize=0", "--nofile=64", "--", program,
        ]);
        words.AddRange(arguments);
        return words;
    }

    private void Kill()
    {
        if (_process.HasExited)
        {
            return;
        }

        // Before the session exists there is no such group, and the one process there is gets the signal instead.
        if (SendSignal(-_process.Id, SigKill) != 0)
        {
            _process.Kill();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int target, int signal);

    /// <summary>Drains standard error whatever its amount, keeps the end of it, and shows each line to a listener.</summary>
    private sealed class ErrorLog(Func<string, bool>? onLine)
    {
        private const int MostLines = 40;
        private const int LongestLine = 1_000;
        private readonly Queue<string> _lines = new();
        private readonly StringBuilder _line = new();

        public async Task ReadAsync(Stream stream)
        {
            using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 4096);
            var buffer = new char[4096];
            int count;
            while ((count = await reader.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            {
                foreach (var character in buffer.AsSpan(0, count))
                {
                    Add(character);
                }
            }

            EndLine();
        }

        public override string ToString() => string.Join('\n', _lines);

        private void Add(char character)
        {
            if (character == '\n')
            {
                EndLine();
            }
            else if (_line.Length < LongestLine)
            {
                _line.Append(char.IsControl(character) ? ' ' : character);
            }
        }

        private void EndLine()
        {
            if (_line.Length == 0)
            {
                return;
            }

            var line = _line.ToString();
            _line.Clear();
            if (onLine?.Invoke(line) == true)
            {
                return;
            }

            _lines.Enqueue(line);
            if (_lines.Count > MostLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
