using System.Buffers.Binary;
using System.Text;

namespace FaceVoice.Media.Signatures;

/// <summary>
/// Tells kinds of media by their first bytes. File names are never believed, with one exception: raw G.722 has no signature at all.
/// What is not in the list is refused before any decoder sees it; so are scripts that would make FFmpeg open other files.
/// </summary>
internal static class MediaSignature
{
    /// <summary>How many leading bytes are looked at.</summary>
    public const int HeadBytes = 1024;

    public static readonly MediaKind Jpeg = new("JPEG", MediaFamily.Image) { ImageExtensions = ".jpg .jpeg" };
    public static readonly MediaKind Png = new("PNG", MediaFamily.Image) { ImageExtensions = ".png" };
    public static readonly MediaKind Webp = new("WebP", MediaFamily.Image) { ImageExtensions = ".webp" };
    public static readonly MediaKind Wav = new("WAV", MediaFamily.Recording, "wav") { AudioExtensions = ".wav .wave" };
    public static readonly MediaKind G722 = new("raw G.722", MediaFamily.Recording, "g722") { AudioExtensions = ".g722" };

    public static readonly MediaKind Ogg = new("Ogg", MediaFamily.Recording, "ogg")
    {
        AudioExtensions = ".ogg .oga .opus",
        VideoExtensions = ".ogv",
    };

    public static readonly MediaKind Matroska = new("Matroska/WebM", MediaFamily.Recording, "matroska,webm")
    {
        AudioExtensions = ".mka",
        VideoExtensions = ".mkv .webm",
    };

    public static readonly MediaKind MpegAudio = new("MP3/AAC", MediaFamily.Recording, "mp3,aac,flac") { AudioExtensions = ".mp3 .mp2 .aac" };

    private static readonly MediaKind Mp4 = new("MP4/QuickTime", MediaFamily.Recording, "mov,mp4,m4a,3gp,3g2,mj2")
    {
        AudioExtensions = ".m4a",
        VideoExtensions = ".mp4 .m4v .mov .3gp",
    };

    private static readonly MediaKind TransportStream = new("MPEG transport stream", MediaFamily.Recording, "mpegts") { VideoExtensions = ".ts .mts .m2ts" };
    private static readonly MediaKind ProgramStream = new("MPEG program stream", MediaFamily.Recording, "mpeg") { VideoExtensions = ".mpg .mpeg .vob" };
    private static readonly MediaKind Avi = new("AVI", MediaFamily.Recording, "avi") { VideoExtensions = ".avi" };
    private static readonly MediaKind Aiff = new("AIFF", MediaFamily.Recording, "aiff") { AudioExtensions = ".aif .aiff .aifc" };
    private static readonly MediaKind Ac3 = new("AC-3", MediaFamily.Recording, "ac3,eac3") { AudioExtensions = ".ac3 .eac3" };

    private static readonly MediaKind Heic = new("HEIC/HEIF", MediaFamily.Refused)
    {
        ImageExtensions = ".heic .heif",
        Conversion = "Convert it first: heif-convert IN.heic OUT.jpg (of libheif), or in the telephone's camera settings choose the most compatible format.",
    };

    private static readonly MediaKind Avif = new("AVIF", MediaFamily.Refused)
    {
        ImageExtensions = ".avif",
        Conversion = "Convert it first: ffmpeg -i IN.avif OUT.png, or avifdec IN.avif OUT.png (of libavif).",
    };

    private static readonly MediaKind Tiff = new("TIFF", MediaFamily.Refused) { ImageExtensions = ".tif .tiff" };
    private static readonly MediaKind Text = new("text", MediaFamily.Refused);

    private const string Images = "JPEG, PNG and WebP images are read";
    private const string Recordings =
        "WAV, FLAC, MP3, AAC, Ogg, Opus, AIFF, CAF, AU, AMR, AC-3, W64, SPHERE, WavPack, MP4/QuickTime, Matroska/WebM, AVI, MPEG, MPEG-TS, FLV and ASF/WMV recordings are read";

    /// <summary>Plain leading signatures, each with the offset it stands at.</summary>
    private static readonly (int Offset, byte[] Bytes, MediaKind Kind)[] Table =
    [
        (0, [0xFF, 0xD8, 0xFF], Jpeg),
        (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], Png),
        (0, "RF64"u8.ToArray(), Wav),
        (0, "BW64"u8.ToArray(), Wav),
        (0, "RIFX"u8.ToArray(), Wav),
        (0, [0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11], new("W64", MediaFamily.Recording, "w64") { AudioExtensions = ".w64" }),
        (0, "NIST_1A\n"u8.ToArray(), new("SPHERE", MediaFamily.Recording, "nistsphere") { AudioExtensions = ".sph" }),
        (0, [0x0B, 0x77], Ac3),
        (0, [0x1A, 0x45, 0xDF, 0xA3], Matroska),
        (0, "OggS"u8.ToArray(), Ogg),
        (0, "fLaC"u8.ToArray(), new("FLAC", MediaFamily.Recording, "flac") { AudioExtensions = ".flac" }),
        (0, "ID3"u8.ToArray(), MpegAudio),
        (0, [0x00, 0x00, 0x01, 0xBA], ProgramStream),
        (0, [0x00, 0x00, 0x01, 0xB3], new("MPEG video", MediaFamily.Recording, "mpegvideo") { VideoExtensions = ".m1v .m2v" }),
        (0, "FLV\u0001"u8.ToArray(), new("FLV", MediaFamily.Recording, "flv") { VideoExtensions = ".flv" }),
        (0, [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], new("ASF/WMV", MediaFamily.Recording, "asf") { AudioExtensions = ".wma", VideoExtensions = ".wmv .asf" }),
        (0, "caff"u8.ToArray(), new("CAF", MediaFamily.Recording, "caf") { AudioExtensions = ".caf" }),
        (0, ".snd"u8.ToArray(), new("AU", MediaFamily.Recording, "au") { AudioExtensions = ".au" }),
        (0, "#!AMR"u8.ToArray(), new("AMR", MediaFamily.Recording, "amr") { AudioExtensions = ".amr" }),
        (0, "wvpk"u8.ToArray(), new("WavPack", MediaFamily.Recording, "wv") { AudioExtensions = ".wv" }),
        (4, "ftyp"u8.ToArray(), Mp4),
        (4, "moov"u8.ToArray(), Mp4),
        (4, "mdat"u8.ToArray(), Mp4),
        (4, "wide"u8.ToArray(), Mp4),
        (0, "#EXTM3U"u8.ToArray(), new("HLS playlist", MediaFamily.Refused)),
        (0, "ffconcat"u8.ToArray(), new("FFmpeg concat script", MediaFamily.Refused)),
        (0, ";FFMETADATA"u8.ToArray(), new("FFmpeg metadata", MediaFamily.Refused)),
        (0, "v=0"u8.ToArray(), new("session description", MediaFamily.Refused)),
        (0, "%PDF"u8.ToArray(), new("PDF", MediaFamily.Refused)),
        (0, "PK\u0003\u0004"u8.ToArray(), new("ZIP archive", MediaFamily.Refused)),
        (0, [0x1F, 0x8B], new("gzip archive", MediaFamily.Refused)),
        (0, "GIF8"u8.ToArray(), new("GIF", MediaFamily.Refused) { ImageExtensions = ".gif" }),
        (0, "BM"u8.ToArray(), new("BMP", MediaFamily.Refused) { ImageExtensions = ".bmp" }),
        (0, "II*\0"u8.ToArray(), Tiff),
        (0, "MM\0*"u8.ToArray(), Tiff),
        (0, [0x7F, 0x45, 0x4C, 0x46], new("program", MediaFamily.Refused)),
    ];

    /// <summary>Gets all kinds that are read, and those that are refused by name.</summary>
    public static IReadOnlyList<MediaKind> All { get; } =
        [.. Table.Select(entry => entry.Kind).Concat([Webp, G722, MpegAudio, TransportStream, Avi, Aiff, Heic, Avif]).Distinct()];

    /// <summary>The kind, or null if nothing is recognised.</summary>
    public static MediaKind? Detect(ReadOnlySpan<byte> head)
    {
        if ((DetectRiff(head) ?? DetectStill(head)) is { } found)
        {
            return found;
        }

        foreach (var (offset, bytes, kind) in Table)
        {
            if (head.Length >= offset + bytes.Length && head.Slice(offset, bytes.Length).SequenceEqual(bytes))
            {
                return kind;
            }
        }

        return DetectStream(head) ?? DetectText(head);
    }

    /// <summary>The kind, which must be an image.</summary>
    public static MediaKind RequireImage(ReadOnlySpan<byte> head) => Require(head, MediaFamily.Image, "an image", Images);

    /// <summary>The kind, which must be sound or video; raw G.722 is believed from the name, as it has no signature.</summary>
    public static MediaKind RequireRecording(ReadOnlySpan<byte> head, string? path = null)
    {
        if (path is not null && Path.GetExtension(path).Equals(".g722", StringComparison.OrdinalIgnoreCase) && Detect(head) is null && head.Length > 0)
        {
            return G722;
        }

        return Require(head, MediaFamily.Recording, "sound or video", Recordings);
    }

    private static MediaKind Require(ReadOnlySpan<byte> head, MediaFamily family, string wanted, string allowed)
    {
        if (head.IsEmpty)
        {
            throw new CorruptMediaException($"The media is empty (0 bytes) where {wanted} is needed.");
        }

        var kind = Detect(head);
        if (kind?.Conversion is { } conversion && family == MediaFamily.Image)
        {
            throw new UnsupportedMediaException($"The media is {kind.Name}; {allowed}. {conversion}");
        }

        return kind?.Family == family
            ? kind
            : throw new UnsupportedMediaException(kind is { ImageExtensions.Length: > 0 } && family == MediaFamily.Image
                ? $"The media is {kind.Name}; {allowed}."
                : $"The media is {(kind is null ? "of an unknown kind" : kind.Name)}, not {wanted}; {allowed}.");
    }

    private static MediaKind? DetectRiff(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !(head.StartsWith("RIFF"u8) || head.StartsWith("FORM"u8)))
        {
            return null;
        }

        return Encoding.ASCII.GetString(head.Slice(8, 4)) switch
        {
            "WEBP" => Webp,
            "WAVE" => Wav,
            "AVI " => Avi,
            "AIFF" or "AIFC" => Aiff,
            _ => new("another RIFF/IFF file", MediaFamily.Refused),
        };
    }

    /// <summary>
    /// Images in the container of MP4 (ISO/IEC 23008-12): told by their brands, of which the first may be the one that both kinds share.
    /// </summary>
    private static MediaKind? DetectStill(ReadOnlySpan<byte> head)
    {
        if (head.Length < 16 || !head[4..].StartsWith("ftyp"u8))
        {
            return null;
        }

        var length = (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(head), 16, (uint)head.Length);
        var isShared = head[8..].StartsWith("mif1"u8) || head[8..].StartsWith("msf1"u8);
        for (var brands = head[8..length]; brands.Length >= 4; brands = brands[4..])
        {
            if (brands.StartsWith("avif"u8) || brands.StartsWith("avis"u8))
            {
                return Avif;
            }

            if (brands.StartsWith("heic"u8) || brands.StartsWith("heix"u8) || brands.StartsWith("heim"u8) || brands.StartsWith("heis"u8)
                || brands.StartsWith("hevc"u8) || brands.StartsWith("hevx"u8))
            {
                return Heic;
            }

            if (!isShared)
            {
                return null;
            }
        }

        return Heic;
    }

    /// <summary>Streams without a leading signature: packets that repeat.</summary>
    private static MediaKind? DetectStream(ReadOnlySpan<byte> head)
    {
        const byte TransportSync = 0x47;
        if ((head.Length > 188 && head[0] == TransportSync && head[188] == TransportSync)
            || (head.Length > 196 && head[4] == TransportSync && head[196] == TransportSync))
        {
            return TransportStream;
        }

        // Eleven set bits, a version and layer that exist, a bit rate and sample rate that exist (MP3), or an ADTS header (AAC).
        if (head.Length >= 4 && (BinaryPrimitives.ReadUInt16BigEndian(head) & 0xFFE0) == 0xFFE0)
        {
            var (version, layer) = ((head[1] >> 3) & 3, (head[1] >> 1) & 3);
            var isAdts = (head[1] & 0xF6) == 0xF0;
            var isMpeg = version != 1 && layer != 0 && head[2] >> 4 != 15 && ((head[2] >> 2) & 3) != 3;
            return isAdts || isMpeg ? MpegAudio : null;
        }

        return null;
    }

    private static MediaKind? DetectText(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty || head.ContainsAny((byte)0, (byte)1, (byte)2))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.Contains("<svg", StringComparison.OrdinalIgnoreCase))
        {
            return new("SVG", MediaFamily.Refused);
        }

        if (text.StartsWith('<'))
        {
            return new("XML or HTML", MediaFamily.Refused);
        }

        return text.Contains('\uFFFD', StringComparison.Ordinal) ? null : Text;
    }
}
