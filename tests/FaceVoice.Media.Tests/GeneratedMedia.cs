using System.Collections.Concurrent;
using System.Diagnostics;

namespace FaceVoice.Media.Tests;

/// <summary>
/// Small media that FFmpeg makes once per run, each name with the same arguments everywhere, in a folder of their own that goes with the
/// process.
/// </summary>
internal static class GeneratedMedia
{
    private static readonly string Folder = CreateFolder();
    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new(StringComparer.Ordinal);

    /// <summary>Three seconds of a moving picture, 320x240, 25 fps, with a 440 Hz tone in stereo at 44.1 kHz.</summary>
    public static string Video => Make("video.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=3", "-f", "lavfi", "-i", "sine=440:duration=3:sample_rate=44100",
        "-ac", "2", "-c:v", "mpeg4", "-c:a", "aac", "-shortest");

    /// <summary>A second of picture without sound.</summary>
    public static string SilentVideo => Make("mute.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1", "-c:v", "mpeg4");

    /// <summary>Two seconds of 1 kHz.</summary>
    public static string Sound(string name, params string[] encoding) => Make(name, ["-f", "lavfi", "-i", "sine=1000:duration=2:sample_rate=48000", .. encoding]);

    /// <summary>Runs FFmpeg with an output of the given name unless it was made before; skips the test where FFmpeg is absent.</summary>
    public static string Make(string name, params string[] arguments) => Made.GetOrAdd(name, _ => new(() =>
    {
        var path = PathOf(name);
        Run("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, "file:" + path]);
        return path;
    })).Value;

    /// <summary>Makes many files of one source in one process: starting FFmpeg takes longer than all of its work on such small ones.</summary>
    /// <param name="source">The arguments of the input.</param>
    /// <param name="outputs">The names, and the arguments of each.</param>
    public static void MakeAll(string[] source, IEnumerable<(string Name, string[] Arguments)> outputs) => Run(
        "ffmpeg", ["-v", "error", "-nostdin", "-y", .. source, .. outputs.SelectMany(output => (string[])[.. output.Arguments, "file:" + PathOf(output.Name)])]);

    /// <summary>A path in the folder of generated media.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>A path for a file that a test writes itself.</summary>
    public static string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Runs a program and gives what it prints.</summary>
    public static string Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"needs {program}");
            throw;
        }
    }

    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("facevoice-media-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
