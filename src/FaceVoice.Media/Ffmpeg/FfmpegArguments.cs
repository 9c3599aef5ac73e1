using System.Globalization;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>The command lines of FFmpeg. Every one begins with the same restrictions.</summary>
internal static class FfmpegArguments
{
    /// <summary>What every frame is marked with, as the <c>metadata</c> filter prints it.</summary>
    public const string FrameMark = "f=1";

    /// <summary>Restrictions and input: only the expected demuxers, decoders of everyday use, one thread, no terminal.</summary>
    public static List<string> Open(MediaKind kind, MediaLimits limits) =>
    [
        "-v", "error", "-hide_banner", "-nostdin",
        "-max_alloc", (limits.FfmpegMemoryBytes / 2).ToString(CultureInfo.InvariantCulture),
        "-protocol_whitelist", "file", "-format_whitelist", kind.Demuxers, "-codec_whitelist", CodecAllowList.Value,
        "-max_pixels", limits.MaxPixels.ToString(CultureInfo.InvariantCulture),
        "-threads", "1",
        .. ForcedDemuxer(kind),
        "-i", SandboxedProcess.Input,
    ];

    /// <summary>Raw G.722 cannot be recognised by FFmpeg either.</summary>
    public static string[] ForcedDemuxer(MediaKind kind) => kind == MediaSignature.G722 ? ["-f", "g722"] : [];

    /// <summary>The first sound stream as float WAV, at its own rate and channels: what FFmpeg really decoded stands in the WAV header.</summary>
    public static List<string> DecodeSound(MediaKind kind, MediaLimits limits) =>
        [.. Open(kind, limits), "-map", "0:a:0", "-map_metadata", "-1", "-bitexact", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"];

    /// <summary>The first frame at or after each time, as packed RGB of one size; each frame's time goes to standard error, a line each.</summary>
    public static List<string> DecodeFrames(MediaKind kind, MediaLimits limits, IReadOnlyList<double> times, int width, int height, bool keyFramesOnly)
    {
        List<string> arguments = Open(kind, limits);
        if (keyFramesOnly)
        {
            arguments.InsertRange(arguments.IndexOf("-i"), ["-skip_frame", "nokey"]);
        }

        var size = string.Create(CultureInfo.InvariantCulture, $"scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int");
        var filter = $"select='{Selection(times)}',{size},format=rgb24,metadata=mode=add:key=f:value=1,metadata=mode=print:file='pipe\\:2':direct=1"; // prints FrameMark
        string[] passthrough = FfmpegPrograms.Locate().Version is { Major: > 0 } version && version < new Version(5, 1) ? ["-vsync", "0"] : ["-fps_mode", "passthrough"];
        return [.. arguments, "-map", "0:V:0", "-vf", filter, .. passthrough, "-f", "rawvideo", "pipe:1"];
    }

    /// <summary>Reads all packets of the picture without decoding them and reports how far they reach.</summary>
    public static List<string> MeasureLength(MediaKind kind, MediaLimits limits) =>
        [.. Open(kind, limits), "-map", "0:V:0", "-c", "copy", "-progress", "pipe:1", "-stats_period", "5", "-f", "null", "-"];

    /// <summary>True for a frame when a wanted time lies after the previous frame and not after this one.</summary>
    internal static string Selection(IReadOnlyList<double> times) => Selection(times, 0, times.Count);

    /// <summary>A balanced tree of sums: FFmpeg limits how deep an expression may be.</summary>
    private static string Selection(IReadOnlyList<double> times, int start, int count) => count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"gte(t,{times[start]:F6})*not(gte(prev_t,{times[start]:F6}))")
        : $"({Selection(times, start, count / 2)}+{Selection(times, start + (count / 2), count - (count / 2))})";
}
