using System.Globalization;
using FaceVoice.Media.Signatures;
using FFMpegCore;
using FFMpegCore.Enums;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>The options that FFmpeg gets.</summary>
internal static class FfmpegArguments
{
    /// <summary>What every frame is marked with, as the <c>metadata</c> filter prints it.</summary>
    public const string FrameMark = "f=1";

    /// <summary>The log level at which FFmpeg says what its input is, each line with its level.</summary>
    public const string Describing = "level+info -nostats";

    /// <summary>What FFmpeg and FFprobe may open: the file they were given, by the expected demuxers, with decoders of everyday use.</summary>
    public static string Restrictions(MediaKind kind)
    {
        // Raw G.722 cannot be recognised by FFmpeg either.
        var demuxer = kind == MediaSignature.G722 ? " -f g722" : "";
        return $"-protocol_whitelist file -format_whitelist {kind.Demuxers} -codec_whitelist {CodecAllowList.Value}{demuxer}";
    }

    /// <summary>
    /// For FFprobe: decoders outside the list that may be opened, though the format, whose list stays, gives them nothing to decode.
    /// </summary>
    public static string MayBeOpened(IReadOnlyCollection<string> codecs)
    {
        var all = $"{CodecAllowList.Value},{string.Join(',', codecs)}";
        return codecs.Count == 0 ? "" : $" -codec_whitelist:v {all} -codec_whitelist:a {all} -codec_whitelist:s {all}";
    }

    extension(FFMpegInputOptions options)
    {
        /// <summary>The restrictions, one thread, and bounds on what a header may make the decoders allocate.</summary>
        public FFMpegInputOptions Restrict(MediaKind kind, MediaLimits limits, string logLevel = "error") => options
            .WithCustomArgument($"-v {logLevel} -hide_banner -nostdin")
            .WithCustomArgument(string.Create(CultureInfo.InvariantCulture, $"-max_alloc {limits.FfmpegMemoryBytes / 2} -max_pixels {limits.MaxPixels}"))
            .WithCustomArgument("-threads 1")
            .WithCustomArgument(Restrictions(kind));
    }

    extension(FFMpegOutputOptions options)
    {
        /// <summary>One audio track as float WAV, at its own rate and channels: what FFmpeg really decoded stands in the WAV header.</summary>
        public FFMpegOutputOptions DecodeAudio(int? track)
        {
            if (track is { } index)
            {
                options.WithMap(0, StreamType.Audio, index);
            }

            return options
                .DisableVideo()
                .DisableSubtitles()
                .DisableData()
                .WithoutMetadata()
                .WithoutChapters()
                .WithCustomArgument("-bitexact -c:a pcm_f32le")
                .ForceFormat(ContainerFormats.Wav);
        }

        /// <summary>
        /// The first frame at or after each time, as packed RGB of one size; each frame's time goes to standard error, a line each.
        /// </summary>
        public FFMpegOutputOptions DecodeFrames(IReadOnlyList<double> times, int width, int height, string? highRangeTransfer)
        {
            var size = string.Create(CultureInfo.InvariantCulture, $"scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int");
            var mark = "metadata=mode=add:key=f:value=1,metadata=mode=print:file='pipe\\:2':direct=1"; // prints FrameMark

            // Raw video has a constant rate: given times that fit it, no frame is left out or repeated, in any version of FFmpeg.
            const string evenly = "settb=1/25,setpts=N";
            return options
                .WithCustomArgument("-map 0:V:0")
                .WithCustomArgument($"-vf \"select='{Selection(times)}',{size},{MapTones(highRangeTransfer)}format=rgb24,{mark},{evenly}\"")
                .WithFrameRate(25)
                .ForceFormat(ContainerFormats.RawVideo);
        }

        /// <summary>Reads all packets of the picture without decoding them and reports how far they reach.</summary>
        public FFMpegOutputOptions MeasureLength() => options
            .WithCustomArgument($"-map 0:V:0 -c copy -progress {FfmpegProcess.OutputUrl} -stats_period 5")
            .ForceFormat(ContainerFormats.Null);
    }

    /// <summary>
    /// From PQ or HLG to BT.709: reference white (203 cd/m², ITU-R BT.2408) becomes white, what is brighter is compressed, so skin stays as it is.
    /// Nothing for ordinary video.
    /// </summary>
    private static string MapTones(string? transfer) => transfer is null
        ? ""
        : $"zscale=tin={transfer}:pin=bt2020:min=bt2020nc:transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,tonemap=mobius:param=0.7:desat=0,"
            + "zscale=transfer=bt709:matrix=bt709:range=tv,format=yuv444p,";

    /// <summary>True for a frame when a wanted time lies after the previous frame and not after this one.</summary>
    internal static string Selection(IReadOnlyList<double> times) => Selection(times, 0, times.Count);

    /// <summary>A balanced tree of sums: FFmpeg limits how deep an expression may be.</summary>
    private static string Selection(IReadOnlyList<double> times, int start, int count) => count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"gte(t,{times[start]:F6})*not(gte(prev_t,{times[start]:F6}))")
        : $"({Selection(times, start, count / 2)}+{Selection(times, start + (count / 2), count - (count / 2))})";
}
