using System.Globalization;
using System.Text.RegularExpressions;
using FFMpegCore.Exceptions;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Turns the end of an FFmpeg process into a typed error.</summary>
internal static partial class FfmpegErrors
{
    /// <summary>Under which an error's <see cref="Exception.Data"/> names the decoder that was refused.</summary>
    public const string CodecKey = "codec";

    private const int KilledBySignal = 128;
    private const int SigKill = 9;
    private const int SigXcpu = 24;
    private const int SigXfsz = 25;
    private const int EndedBySignal = 255; // FFmpeg catches the processor-time signal and exits in good order
    private const int CannotRun = 126;
    private const int NotFound = 127;
    private const int LongestReason = 200;

    public static Exception From(int exitCode, string errors, bool timedOut, string what, ProcessBudget budget)
    {
        if (timedOut)
        {
            return new MediaLimitException(
                string.Create(CultureInfo.InvariantCulture, $"Decoding the {what} took longer than the {budget.Wall.TotalSeconds:F0} s that are allowed."));
        }

        if (exitCode is EndedBySignal or KilledBySignal + SigXcpu or KilledBySignal + SigKill)
        {
            return new MediaLimitException(
                string.Create(CultureInfo.InvariantCulture, $"Decoding the {what} takes more than the {budget.CpuSeconds} s of processor time that are allowed."));
        }

        if (exitCode == KilledBySignal + SigXfsz)
        {
            return new MediaLimitException($"The header of the {what} describes too many streams.");
        }

        if (exitCode is CannotRun or NotFound)
        {
            return new FfmpegUnavailableException($"FFmpeg does not start: {Reason(errors)}.");
        }

        if (errors.Contains("Cannot allocate memory", StringComparison.Ordinal))
        {
            return new MediaLimitException(
                string.Create(CultureInfo.InvariantCulture, $"Decoding the {what} takes more than the {budget.MemoryBytes >> 20} MiB of memory that are allowed."));
        }

        if (RefusedCodec().Match(errors) is { Success: true } refused)
        {
            var codec = refused.Groups[1].Value;
            return new UnsupportedMediaException($"The {what} holds the codec {codec}, which is not read here.") { Data = { [CodecKey] = codec } };
        }

        return errors.Contains("not on whitelist", StringComparison.Ordinal)
            ? new UnsupportedMediaException($"The file begins like {what}, but is something else inside.")
            : new CorruptMediaException($"The {what} is damaged or cut off ({Reason(errors)}).");
    }

    /// <summary>Whether FFMpegCore says that it could not start the program at all.</summary>
    public static bool IsUnavailable(Exception error) => error
        is (FFMpegException and not FFMpegProcessException and not FFProbeProcessException and not FormatNullException)
        or System.ComponentModel.Win32Exception
        or Instances.Exceptions.InstanceException;

    public static FfmpegUnavailableException Unavailable(Exception error) => new($"FFmpeg does not start: {error.Message.TrimEnd('.')}.", error);

    private static string Reason(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var reason = lines.Length == 0 ? "no reason given" : LogPrefix().Replace(lines[^1], "").Replace(Confinement.Input, "input", StringComparison.Ordinal);
        reason = reason.TrimEnd(' ', '.');
        return reason.Length <= LongestReason ? reason : reason[..LongestReason];
    }

    [GeneratedRegex(@"Codec \((\w{1,40})\) not on whitelist")]
    private static partial Regex RefusedCodec();

    [GeneratedRegex(@"^(\[[^\]]*\] )+")]
    private static partial Regex LogPrefix();
}
