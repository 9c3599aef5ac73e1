using System.IO.Pipes;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>
/// One FFmpeg process, started by FFMpegCore and confined: no network, no terminal, no way to write files, bounded processor time, memory and
/// wall clock. Disposing it, cancelling, or running out of time kills it and reaps it.
/// </summary>
/// <remarks>
/// Output and errors go through pipes of our own, as FFMpegCore keeps all lines of both and hands binary output through a socket in the folder
/// for temporary files, of which the end can be lost. Its own cancelling writes to the program's standard input first and fails if that is
/// closed; so the process group is killed too.
/// </remarks>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    /// <summary>Where FFmpeg is told to write.</summary>
    public const string OutputUrl = "pipe:4";

    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly Confinement _confinement;
    private readonly ProcessBudget _budget;
    private readonly Action _cancel;
    private readonly Task<FFMpegResult> _run;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenRegistration _killOnCancel;
    private readonly CancellationTokenRegistration _killOnDeadline;

    private FfmpegProcess(
        MediaInput input,
        ProcessBudget budget,
        Action<FFMpegInputOptions> open,
        Action<FFMpegOutputOptions> make,
        Func<string, bool>? onErrorLine,
        CancellationToken cancellationToken)
    {
        _budget = budget;
        _confinement = new Confinement(input, budget, Confinement.PathOf(_output.ClientSafePipeHandle), reportBytes: 0, onErrorLine);
        var processor = FFMpegArguments
            .FromFileInput(Confinement.Input, verifyExists: false, options => open(options.WithCustomArgument(_confinement.Words)))
            .OutputToUrl(OutputUrl, make)
            .CancellableThrough(out _cancel, TimeSpan.Zero);
        _run = RunAsync(processor);
        _deadline = new CancellationTokenSource(budget.Wall);
        _killOnDeadline = _deadline.Token.Register(Kill);
        _killOnCancel = cancellationToken.Register(Kill);
    }

    /// <summary>Gets its output; it ends when the process has ended.</summary>
    public Stream Output => _output;

    /// <summary>Gets the end of its standard error; every line has been shown to the listener by then.</summary>
    public Task ErrorsEnded => _confinement.ErrorsEnded;

    /// <summary>Starts FFmpeg.</summary>
    /// <param name="input">The one file that it reads.</param>
    /// <param name="budget">What it may use.</param>
    /// <param name="open">Options of the input: <see cref="FfmpegArguments.Restrict"/> and more.</param>
    /// <param name="make">Options of the output.</param>
    /// <param name="onErrorLine">Sees each line of standard error, on another thread; true says that the line was meant for it and is no error.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="FfmpegUnavailableException">FFmpeg, or what confines it, is missing.</exception>
    public static FfmpegProcess Start(
        MediaInput input,
        ProcessBudget budget,
        Action<FFMpegInputOptions> open,
        Action<FFMpegOutputOptions> make,
        Func<string, bool>? onErrorLine,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new FfmpegProcess(input, budget, open, make, onErrorLine, cancellationToken);
    }

    /// <summary>Waits for the end and turns a failure into the error that tells the sender what is wrong.</summary>
    /// <param name="what">The kind of media, for the message.</param>
    /// <param name="cancellationToken">The token that the process was started with.</param>
    public async Task EnsureSucceededAsync(string what, CancellationToken cancellationToken)
    {
        var result = await _run.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (result.ExitCode != 0)
        {
            throw FfmpegErrors.From(result.ExitCode, _confinement.Errors, _deadline.IsCancellationRequested, what, _budget);
        }
    }

    /// <summary>Kills whatever is left, waits until it is gone, and lets go of its pipes.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // told by EnsureSucceededAsync to whoever wants to know
        await _killOnCancel.DisposeAsync().ConfigureAwait(false);
        await _killOnDeadline.DisposeAsync().ConfigureAwait(false);
        await _confinement.DisposeAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
        _deadline.Dispose();
    }

    private async Task<FFMpegResult> RunAsync(FFMpegArgumentProcessor processor)
    {
        try
        {
            return await processor.ProcessAsynchronously(throwOnError: false, FfmpegPrograms.Locate().Options).ConfigureAwait(false);
        }
        catch (Exception error) when (FfmpegErrors.IsUnavailable(error))
        {
            throw FfmpegErrors.Unavailable(error);
        }
        finally
        {
            // The pipes end only now: this process holds their other ends until the program is gone, so nothing of the output is lost.
            _output.DisposeLocalCopyOfClientHandle();
            await _confinement.CloseAsync().ConfigureAwait(false);
        }
    }

    private void Kill()
    {
        if (_run.IsCompleted)
        {
            return;
        }

        _confinement.Kill();
        try
        {
            _cancel();
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // FFMpegCore could not ask it to end: the process is gone, or has closed its standard input and was killed above.
        }
    }
}
