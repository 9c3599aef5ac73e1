using System.Diagnostics;
using System.Globalization;
using FFMpegCore;
using Instances;

namespace FaceVoice.Media;

/// <summary>Where FFmpeg and the programs that confine it are. Found once per process; immutable.</summary>
/// <remarks><c>FACEVOICE_FFMPEG</c> and <c>FACEVOICE_FFPROBE</c> name other programs than the first ones on <c>PATH</c>.</remarks>
public sealed class FfmpegPrograms
{
    private const int ProbeMilliseconds = 10_000;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly Lazy<FfmpegPrograms> Found = new(Search, LazyThreadSafetyMode.PublicationOnly);
    private static readonly string[] Confining = ["sh", "env", "setsid", "cat"];
    private readonly Lazy<Version> _version;
    private readonly Lazy<bool> _mapsTones;

    private FfmpegPrograms(string ffmpeg, string ffprobe, bool hasOwnNetwork)
    {
        (Ffmpeg, Ffprobe, HasOwnNetwork) = (ffmpeg, ffprobe, hasOwnNetwork);
        _version = new(() => ParseVersion(Ask("-version")));
        _mapsTones = new(() => Ask("-hide_banner", "-filters").Contains(" zscale ", StringComparison.Ordinal));
        Options = new FFOptions { BinaryFolder = FindScripts(Path.Combine(AppContext.BaseDirectory, "ffmpeg")), WorkingDirectory = "/" };
    }

    /// <summary>Gets the path of <c>ffmpeg</c>.</summary>
    public string Ffmpeg { get; }

    /// <summary>Gets the path of <c>ffprobe</c>.</summary>
    public string Ffprobe { get; }

    /// <summary>Gets FFmpeg's version; 0.0 for a build that does not carry a number.</summary>
    /// <exception cref="FfmpegUnavailableException">It does not start.</exception>
    public Version Version => _version.Value;

    /// <summary>
    /// Gets whether FFmpeg also runs in a network namespace of its own, without any interface; protocols are restricted either way.
    /// </summary>
    public bool HasOwnNetwork { get; }

    /// <summary>Gets whether high dynamic range can be mapped to that of ordinary displays; builds without zimg cannot.</summary>
    internal bool MapsTones => _mapsTones.Value;

    /// <summary>Gets what FFMpegCore starts: the confining script under the names of the programs.</summary>
    internal FFOptions Options { get; }

    /// <summary>Finds the programs; later calls return the same answer.</summary>
    /// <exception cref="FfmpegUnavailableException">One is missing; the message says which.</exception>
    public static FfmpegPrograms Locate() => Found.Value;

    private static FfmpegPrograms Search()
    {
        var ffmpeg = Find("ffmpeg", Environment.GetEnvironmentVariable("FACEVOICE_FFMPEG"), "apt-get install ffmpeg");
        var ffprobe = Find("ffprobe", Environment.GetEnvironmentVariable("FACEVOICE_FFPROBE"), "apt-get install ffmpeg");
        foreach (var program in Confining)
        {
            _ = Find(program, null, "apt-get install coreutils dash util-linux");
        }

        // Not permitted everywhere: many containers may not make user namespaces.
        var hasOwnNetwork = FindOnPath("unshare") is { } unshare && Succeeds(unshare, "-rn", "--", "true");
        return new FfmpegPrograms(ffmpeg, ffprobe, hasOwnNetwork);
    }

    /// <summary>The folder of the scripts; packing and copying can lose the right to execute them, so it is given back, or a copy has it.</summary>
    internal static string FindScripts(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("FFmpeg is confined by means that Windows does not have.");
        }

        string[] scripts = [Path.Combine(folder, "ffmpeg"), Path.Combine(folder, "ffprobe")];
        if (scripts.FirstOrDefault(script => !File.Exists(script)) is { } missing)
        {
            throw new FfmpegUnavailableException($"The script {missing}, which confines FFmpeg, is missing; it belongs to the program.");
        }

        try
        {
            foreach (var script in scripts)
            {
                if (File.GetUnixFileMode(script) is var mode && (mode & Executable) != Executable)
                {
                    File.SetUnixFileMode(script, mode | Executable);
                }
            }

            return folder;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            var copy = Directory.CreateTempSubdirectory("facevoice-ffmpeg-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(copy, recursive: true);
            foreach (var script in scripts)
            {
                var target = Path.Combine(copy, Path.GetFileName(script));
                File.WriteAllBytes(target, File.ReadAllBytes(script));
                File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            return copy;
        }
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

    private static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        if (process.WaitForExit(ProbeMilliseconds))
        {
            return process.ExitCode == 0;
        }

        process.Kill();
        return false;
    }

    private string Ask(params string[] arguments)
    {
        try
        {
            var result = Instance.Finish(Ffmpeg, string.Join(' ', arguments));
            return result.ExitCode == 0
                ? string.Join('\n', result.OutputData)
                : throw new FfmpegUnavailableException(string.Create(CultureInfo.InvariantCulture, $"{Ffmpeg} does not start (exit code {result.ExitCode})."));
        }
        catch (Instances.Exceptions.InstanceException error)
        {
            throw new FfmpegUnavailableException($"{Ffmpeg} does not start: {error.Message}.", error);
        }
    }
}
