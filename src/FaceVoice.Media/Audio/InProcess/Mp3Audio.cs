using System.Buffers.Binary;
using NLayer;

namespace FaceVoice.Media.Audio.InProcess;

/// <summary>MP3 (MPEG-1 and 2, layer III): what there is to decode, and decoding it by NLayer, which gets MPEG-2.5 wrong.</summary>
/// <remarks>
/// Frames must follow one another without a gap, all of one kind. Which samples count follows the tag that LAME writes into the first frame, as
/// FFmpeg reads it; without that tag all of them do. Source: ISO/IEC 11172-3, 13818-3; "MP3 Info Tag revision 1".
/// </remarks>
internal sealed class Mp3Audio : IPacketAudio
{
    private const int DecoderDelay = 528 + 1; // of the filter banks, as FFmpeg has it
    private const int MostFrames = 100_000;
    private static readonly int[] RatesOfMpeg1 = [44_100, 48_000, 32_000];
    private static readonly int[] KilobitsOfMpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] KilobitsOfMpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private readonly List<ReadOnlyMemory<byte>> _frames;
    private readonly FrameHeader _header;

    private Mp3Audio(List<ReadOnlyMemory<byte>> frames, FrameHeader header, long skipped, long dropped)
    {
        (_frames, _header, Skipped, Dropped) = (frames, header, skipped, dropped);
    }

    public string Codec => "mp3";

    public int SampleRate => _header.SampleRate;

    public int Channels => _header.Channels;

    public long Frames => (long)_frames.Count * _header.Samples;

    public long Skipped { get; }

    public long Dropped { get; }

    /// <summary>Reads a whole file; null if anything about it is unusual.</summary>
    public static Mp3Audio? TryParse(ReadOnlyMemory<byte> file)
    {
        if (SkipTags(file) is not { IsEmpty: false } rest || FrameHeader.TryParse(rest.Span) is not { } first)
        {
            return null;
        }

        var frames = new List<ReadOnlyMemory<byte>>();
        while (!rest.IsEmpty)
        {
            if (FrameHeader.TryParse(rest.Span) is not { } header
                || !header.IsAlike(first)
                || header.Length > rest.Length
                || frames.Count == MostFrames)
            {
                return null;
            }

            frames.Add(rest[..header.Length]);
            rest = rest[header.Length..];
        }

        return WithTag(frames, first);
    }

    public void Decode(Memory<float> interleaved, Action beforeEachPacket)
    {
        var decoder = new MpegFrameDecoder();
        var frame = new Frame();
        var decoded = new float[_header.Samples * Channels];
        for (var i = 0; i < _frames.Count; i++)
        {
            beforeEachPacket();
            frame.Set(_frames[i]);
            if (decoder.DecodeFrame(frame, decoded, 0) != decoded.Length)
            {
                throw new InvalidDataException("An MP3 frame gives another number of samples than it says.");
            }

            decoded.CopyTo(interleaved.Span[(i * decoded.Length)..]);
        }
    }

    /// <summary>What stands between an ID3v2 tag before the frames and an ID3v1 tag after them; empty if there is anything else.</summary>
    private static ReadOnlyMemory<byte> SkipTags(ReadOnlyMemory<byte> file)
    {
        const int id3v2Header = 10;
        const int id3v1 = 128;
        const byte footer = 0x10;
        var bytes = file.Span;
        if (bytes.Length > id3v2Header && bytes.StartsWith("ID3"u8))
        {
            var size = id3v2Header + ((bytes[6] & 127) << 21) + ((bytes[7] & 127) << 14) + ((bytes[8] & 127) << 7) + (bytes[9] & 127);
            if ((bytes[5] & footer) != 0 || size >= bytes.Length)
            {
                return default;
            }

            file = file[size..];
        }

        return file.Length > id3v1 && file.Span[^id3v1..].StartsWith("TAG"u8) ? file[..^id3v1] : file;
    }

    private static Mp3Audio? WithTag(List<ReadOnlyMemory<byte>> frames, FrameHeader header)
    {
        const int vbriOffset = 36;
        const int wholeTag = 7; // frames, bytes and table of contents follow the flags
        const int lameOffset = 8 + 4 + 4 + 100 + 4;
        const int delaysOffset = lameOffset + 21;
        var bytes = frames[0].Span;
        var tag = bytes[Math.Min(bytes.Length, 4 + header.SideBytes)..];
        if (!tag.StartsWith("Xing"u8) && !tag.StartsWith("Info"u8))
        {
            // A first frame that refers to earlier ones was cut out of a longer stream.
            var isCut = header.BackReference(bytes) != 0;
            var hasVbri = bytes.Length > vbriOffset && bytes[vbriOffset..].StartsWith("VBRI"u8);
            return isCut || hasVbri ? null : new Mp3Audio(frames, header, skipped: 0, dropped: 0);
        }

        if (tag.Length < delaysOffset + 3 || (BinaryPrimitives.ReadInt32BigEndian(tag[4..]) & wholeTag) != wholeTag)
        {
            return null;
        }

        var encoder = tag[lameOffset..];
        var isKnown = encoder.StartsWith("LAME"u8) || encoder.StartsWith("Lavf"u8) || encoder.StartsWith("Lavc"u8);
        var count = BinaryPrimitives.ReadInt32BigEndian(tag[8..]);
        frames.RemoveAt(0); // it holds the tag and silence
        if (!isKnown || count != frames.Count || frames.Count == 0 || header.BackReference(frames[0].Span) != 0)
        {
            return null;
        }

        var delays = tag[delaysOffset..];
        var delay = (delays[0] << 4) | (delays[1] >> 4);
        var padding = ((delays[1] & 15) << 8) | delays[2];
        return new Mp3Audio(frames, header, delay + DecoderDelay, Math.Max(0, padding - DecoderDelay));
    }

    /// <summary>The four bytes that begin a frame.</summary>
    private readonly record struct FrameHeader(uint Bits, int SampleRate, int Channels, int Samples, int Length)
    {
        private const uint SameBits = 0xFFFE_0C00; // sync, version, layer, sample rate

        public int SideBytes => (Samples, Channels) switch
        {
            (1_152, 2) => 32,
            (1_152, _) or (_, 2) => 17,
            _ => 9,
        };

        public static FrameHeader? TryParse(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 4)
            {
                return null;
            }

            var bits = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            var (version, layer, bitRate, rate, mode, extension) = ((bits >> 19) & 3, (bits >> 17) & 3, (int)(bits >> 12) & 15, (int)(bits >> 10) & 3, (bits >> 6) & 3, (bits >> 4) & 3);
            const uint intensityStereo = 1; // of joint stereo: rare, and read differently by different decoders
            if (bits >> 21 != 0x7FF || version < 2 || layer != 1 || bitRate is 0 or 15 || rate == 3 || (mode == 1 && (extension & intensityStereo) != 0))
            {
                return null;
            }

            var isMpeg1 = version == 3;
            var sampleRate = RatesOfMpeg1[rate] >> (isMpeg1 ? 0 : 1);
            var kilobits = (isMpeg1 ? KilobitsOfMpeg1 : KilobitsOfMpeg2)[bitRate];
            var samples = isMpeg1 ? 1_152 : 576;
            var length = (samples / 8 * kilobits * 1_000 / sampleRate) + (int)((bits >> 9) & 1);
            var header = new FrameHeader(bits, sampleRate, mode == 3 ? 1 : 2, samples, length);
            return length > 4 + 2 + header.SideBytes ? header : null;
        }

        public bool IsAlike(FrameHeader other) => (Bits & SameBits) == (other.Bits & SameBits) && Channels == other.Channels;

        /// <summary>How many bytes of earlier frames this one's data begin in.</summary>
        public int BackReference(ReadOnlySpan<byte> frame)
        {
            const int crc = 2;
            var isProtected = (frame[1] & 1) == 0;
            var side = frame[(4 + (isProtected ? crc : 0))..];
            return Samples == 1_152 ? (side[0] << 1) | (side[1] >> 7) : side[0];
        }
    }

    /// <summary>One frame as NLayer reads it, bit by bit.</summary>
    private sealed class Frame : IMpegFrame
    {
        private ReadOnlyMemory<byte> _bytes;
        private uint _bits;
        private int _position; // in bits

        public int SampleRate => RatesOfMpeg1[SampleRateIndex] >> (Version == MpegVersion.Version1 ? 0 : 1);

        public int SampleRateIndex => (int)(_bits >> 10) & 3;

        public int FrameLength => _bytes.Length;

        public int BitRate => (Version == MpegVersion.Version1 ? KilobitsOfMpeg1 : KilobitsOfMpeg2)[BitRateIndex] * 1_000;

        public int BitRateIndex => (int)(_bits >> 12) & 15;

        public MpegVersion Version => ((_bits >> 19) & 1) == 1 ? MpegVersion.Version1 : MpegVersion.Version2;

        public MpegLayer Layer => MpegLayer.LayerIII;

        public MpegChannelMode ChannelMode => (MpegChannelMode)((_bits >> 6) & 3);

        public int ChannelModeExtension => (int)(_bits >> 4) & 3;

        public int SampleCount => Version == MpegVersion.Version1 ? 1_152 : 576;

        public bool IsCopyrighted => (_bits & 8) != 0;

        public bool HasCrc => (_bits & 0x1_0000) == 0;

        public bool IsCorrupted => false;

        public void Set(ReadOnlyMemory<byte> bytes)
        {
            _bytes = bytes;
            _bits = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span);
            Reset();
        }

        public void Reset() => _position = 8 * (4 + (HasCrc ? 2 : 0));

        public int ReadBits(int bitCount)
        {
            var bytes = _bytes.Span;
            if (_position + bitCount > 8 * bytes.Length)
            {
                return -1;
            }

            var value = 0;
            while (bitCount > 0)
            {
                var taken = Math.Min(bitCount, 8 - (_position & 7));
                var part = (bytes[_position >> 3] >> (8 - (_position & 7) - taken)) & ((1 << taken) - 1);
                value = (value << taken) | part;
                _position += taken;
                bitCount -= taken;
            }

            return value;
        }
    }
}
