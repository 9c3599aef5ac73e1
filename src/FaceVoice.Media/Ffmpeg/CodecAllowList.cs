namespace FaceVoice.Media.Ffmpeg;

/// <summary>The decoders that may run on media from outside: those in everyday use, out of the several hundred that FFmpeg has.</summary>
internal static class CodecAllowList
{
    private static readonly string[] Video =
    [
        "h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "libaom-av1", "libvpx", "libvpx-vp9", "mpeg1video", "mpeg2video", "mpegvideo", "mpeg4",
        "msmpeg4v1", "msmpeg4v2", "msmpeg4", "h263", "h263p", "flv", "wmv1", "wmv2", "wmv3", "vc1", "theora", "mjpeg", "png", "prores", "dnxhd", "ffv1",
        "huffyuv", "ffvhuff", "rawvideo", "dvvideo",
    ];

    private static readonly string[] Sound =
    [
        "aac", "aac_latm", "mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float", "ac3", "eac3", "dca", "opus", "libopus", "vorbis", "libvorbis", "flac",
        "alac", "wavpack", "wmav1", "wmav2", "wmapro", "wmavoice", "amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb", "speex", "libspeex",
        "gsm", "gsm_ms", "g722", "g726", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_ms", "adpcm_swf", "nellymoser", "pcm_u8", "pcm_s8", "pcm_s16le",
        "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw",
        "pcm_bluray", "pcm_dvd",
    ];

    // Decoded by nobody here, but FFprobe insists on opening the decoder of each stream.
    private static readonly string[] Subtitles =
        ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text", "dvdsub", "dvbsub", "pgssub", "cc_dec"];

    /// <summary>The list as FFmpeg's <c>-codec_whitelist</c> takes it.</summary>
    public static string Value { get; } = string.Join(',', [.. Video, .. Sound, .. Subtitles]);
}
