using System.Collections.Concurrent;
using System.Diagnostics;

[assembly: AssemblyFixture(typeof(FaceVoice.Media.Tests.GeneratedMediaFolder))]

namespace FaceVoice.Media.Tests;

/// <summary>
/// Small media that FFmpeg makes once per run, each name with the same arguments everywhere, in a folder of their own that goes with the
/// run.
/// </summary>
internal static class GeneratedMedia
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("facevoice-media-").FullName;
    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new(StringComparer.Ordinal);

    /// <summary>Two seconds of 1 kHz, once for each codec and container that a test asks for.</summary>
    private static readonly MediaBatch Tones = new(
        ["-f", "lavfi", "-i", "sine=1000:duration=2:sample_rate=48000"],
        [
            ("tone.flac", ""), ("tone.mp3", ""), ("tone.opus", ""), ("tone.ogg", "-c:a libvorbis"), ("tone.m4a", "-c:a aac"),
            ("tone.aac", ""), ("tone.aiff", ""), ("tone.au", ""), ("tone.caf", "-c:a pcm_s16be"), ("tone.wv", ""),
            ("tone.mka", "-c:a flac"), ("tone.ts", "-c:a mp2"),
            ("tone.wma", "-c:a wmav2"), ("tone.mov", "-c:a pcm_s16le"), ("tone.g722", "-c:a g722 -ar 16000 -f g722"),
            ("mulaw.wav", "-c:a pcm_mulaw -ar 8000"), ("44100.wav", "-ar 44100"),
            ("stereo.wav", "-ac 2 -ar 44100"), ("stereo.flac", "-ac 2 -ar 44100 -sample_fmt s16"), ("eight.flac", "-ac 8"),
            ("8-48000.flac", "-ac 8 -ar 48000"), ("6-44100.flac", "-ac 6 -ar 44100"), ("1-11025.flac", "-ac 1 -ar 11025"),
            ("1-44056.flac", "-ac 1 -ar 44056"), ("2-96000.flac", "-ac 2 -ar 96000"),
        ]);

    /// <summary>Three seconds of a moving picture, 320x240, 25 fps, with a 440 Hz tone in stereo at 44.1 kHz.</summary>
    public static string Video => Make("video.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=3", "-f", "lavfi", "-i", "sine=440:duration=3:sample_rate=44100",
        "-ac", "2", "-c:v", "mpeg4", "-c:a", "aac", "-shortest");

    /// <summary>A second of picture without sound.</summary>
    public static string SilentVideo => Make("mute.mkv", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1", "-c:v", "mpeg4");

    /// <summary>Two seconds of 1 kHz, by the name in the table above.</summary>
    public static string Tone(string name) => Tones[name];

    /// <summary>Runs FFmpeg with an output of the given name unless it was made before; skips the test where FFmpeg is absent.</summary>
    public static string Make(string name, params string[] arguments) => Made.GetOrAdd(name, _ => new(() =>
    {
        var path = PathOf(name);
        Run("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, "file:" + path]);
        return path;
    })).Value;

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
}

/// <summary>
/// Files that one FFmpeg process makes when the first of them is wanted: starting FFmpeg takes longer than all of its work on such small ones.
/// </summary>
/// <param name="source">The arguments of the inputs.</param>
/// <param name="outputs">The names, and the arguments of each, with single spaces between them.</param>
internal sealed class MediaBatch(IReadOnlyList<string> source, IReadOnlyList<(string Name, string Arguments)> outputs)
{
    private readonly Lazy<HashSet<string>> _names = new(() =>
    {
        GeneratedMedia.Run(
            "ffmpeg",
            [
                "-v", "error", "-nostdin", "-y", .. source,
                .. outputs.SelectMany(output => (string[])
                    [.. output.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "file:" + GeneratedMedia.PathOf(output.Name)]),
            ]);
        return [.. outputs.Select(output => output.Name)];
    });

    /// <summary>Gets the path of a file.</summary>
    public string this[string name] =>
        _names.Value.Contains(name) ? GeneratedMedia.PathOf(name) : throw new ArgumentOutOfRangeException(nameof(name), name, "is not made");
}

/// <summary>
/// Deletes the generated media when the last test has ended. An exit handler would be too late: the runner takes a process that needs
/// more than a second for its end, as on a busy machine, for one that hangs.
/// </summary>
public sealed class GeneratedMediaFolder : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(GeneratedMedia.PathOf(""), recursive: true);
}
