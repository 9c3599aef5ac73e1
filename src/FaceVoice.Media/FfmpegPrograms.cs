using System.Diagnostics;
using System.Globalization;

namespace FaceVoice.Media;

/// <summary>Where FFmpeg and the programs that confine it are. Found once per process; immutable.</summary>
/// <remarks><c>FACEVOICE_FFMPEG</c> and <c>FACEVOICE_FFPROBE</c> name other programs than the first ones on <c>PATH</c>.</remarks>
public sealed class FfmpegPrograms
{
    private const int ProbeMilliseconds = 10_000;
    private static readonly Lazy<FfmpegPrograms> Found = new(Search, LazyThreadSafetyMode.PublicationOnly);

    private FfmpegPrograms(string ffmpeg, string ffprobe, string shell, string setsid, string prlimit, string? unshare, Version version)
    {
        (Ffmpeg, Ffprobe, Shell, Setsid, Prlimit, Unshare, Version) = (ffmpeg, ffprobe, shell, setsid, prlimit, unshare, version);
    }

    /// <summary>Gets the path of <c>ffmpeg</c>.</summary>
    public string Ffmpeg { get; }

    /// <summary>Gets the path of <c>ffprobe</c>.</summary>
    public string Ffprobe { get; }

    /// <summary>Gets FFmpeg's version; 0.0 for a build that does not carry a number.</summary>
    public Version Version { get; }

    /// <summary>Gets whether FFmpeg also runs in a network namespace of its own, without any interface; protocols are restricted either way.</summary>
    public bool HasOwnNetwork => Unshare is not null;

    internal string Shell { get; }

    internal string Setsid { get; }

    internal string Prlimit { get; }

    internal string? Unshare { get; }

    /// <summary>Finds the programs; later calls return the same answer.</summary>
    /// <exception cref="FfmpegUnavailableException">One is missing or does not start; the message says which.</exception>
    public static FfmpegPrograms Locate() => Found.Value;

    private static FfmpegPrograms Search()
    {
        var ffmpeg = Find("ffmpeg", Environment.GetEnvironmentVariable("FACEVOICE_FFMPEG"), "apt-get install ffmpeg");
        var ffprobe = Find("ffprobe", Environment.GetEnvironmentVariable("FACEVOICE_FFPROBE"), "apt-get install ffmpeg");
        var shell = Find("sh", "/bin/sh", "apt-get install dash");
        var setsid = Find("setsid", null, "apt-get install util-linux");
        var prlimit = Find("prlimit", null, "apt-get install util-linux");
        var unshare = FindOnPath("unshare");
        if (unshare is not null && Run(unshare, "-rn", "--", ffprobe, "-version").ExitCode != 0)
        {
            unshare = null; // not permitted here, as in many containers
        }

        var (exitCode, output) = Run(ffmpeg, "-version");
        return exitCode == 0
            ? new FfmpegPrograms(ffmpeg, ffprobe, shell, setsid, prlimit, unshare, ParseVersion(output))
            : throw new FfmpegUnavailableException($"{ffmpeg} does not start (exit code {exitCode}).");
    }

    internal static Version ParseVersion(string output)
    {
        // "ffmpeg version 5.1.9-0+deb12u1 ...", "ffmpeg version n7.0 ..."
        var word = output.Split(' ', 4) is [_, "version", var number, ..] ? number.TrimStart('n') : "";
        var digits = string.Concat(word.TakeWhile(character => char.IsAsciiDigit(character) || character == '.')).TrimEnd('.');
        return Version.TryParse(digits.Contains('.', StringComparison.Ordinal) ? digits : digits + ".0", out var version) ? version : new Version(0, 0);
    }

    private static string Find(string name, string? named, string remedy)
    {
        if (named is { Length: > 0 })
        {
            return File.Exists(named) ? named : throw new FfmpegUnavailableException($"There is no {named}, which was named as {name}.");
        }

        return FindOnPath(name) ?? throw new FfmpegUnavailableException($"The program {name} is not on the PATH; on Debian: {remedy}.");
    }

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(ProbeMilliseconds))
            {
                process.Kill();
                throw new FfmpegUnavailableException(
                    string.Create(CultureInfo.InvariantCulture, $"{program} did not answer within {ProbeMilliseconds / 1000} s."));
            }

            Task.WaitAll(errors, output);
            return (process.ExitCode, output.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new FfmpegUnavailableException($"{program} does not start: {error.Message}.", error);
        }
    }
}
