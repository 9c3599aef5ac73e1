using System.Buffers.Binary;
using Concentus;
using Concentus.Structs;

namespace FaceVoice.Media.Audio.InProcess;

/// <summary>Opus in Ogg and WebM: what there is to decode, and decoding it by Concentus, a managed port of libopus.</summary>
/// <remarks>Source: RFC 6716 (packets), RFC 7845 (Ogg, the header, which samples count).</remarks>
internal sealed class OpusAudio : IPacketAudio
{
    private const int Rate = 48_000;
    private const int LongestPacket = Rate * 120 / 1_000;
    private const int HeaderBytes = 19;
    private static readonly int[] FrameSamples = [480, 960, 1_920, 2_880, 480, 960, 480, 960, 120, 240, 480, 960];
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _packets;
    private readonly int _gain;

    private OpusAudio(IReadOnlyList<ReadOnlyMemory<byte>> packets, ReadOnlySpan<byte> header, long samples, long dropped)
    {
        _packets = packets;
        _gain = BinaryPrimitives.ReadInt16LittleEndian(header[16..]);
        Channels = header[9];
        Skipped = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        Frames = samples;
        Dropped = dropped;
    }

    public string Codec => "opus";

    public int SampleRate => Rate;

    public int Channels { get; }

    public long Frames { get; }

    public long Skipped { get; }

    public long Dropped { get; }

    public static OpusAudio? FromOgg(OggFile ogg)
    {
        const int headers = 2;
        if (ogg.Packets.Count <= headers || !IsUsual(ogg.Packets[0].Span) || !ogg.Packets[1].Span.StartsWith("OpusTags"u8))
        {
            return null;
        }

        var packets = ogg.Packets.Skip(headers).ToList();
        if (Count(packets) is not { } total)
        {
            return null;
        }

        // The first page of audio must begin at 0, and the last may end before its last packet does.
        var before = 0;
        var first = ogg.Pages.First(page => (before += page.CompletedPackets) > headers);
        var last = ogg.Pages[^1];
        var isAlone = before - headers == packets.Count; // and may then end early
        if (before - first.CompletedPackets != headers
            || (!isAlone && first.Granule != Count(packets[..first.CompletedPackets]))
            || (last.IsLast && last.Granule > total))
        {
            return null;
        }

        return new OpusAudio(packets, ogg.Packets[0].Span, total, last.IsLast && last.Granule > 0 ? total - last.Granule : 0);
    }

    public static OpusAudio? FromWebm(WebmFile webm)
    {
        if (webm.Codec != "A_OPUS" || !IsUsual(webm.CodecPrivate.Span))
        {
            return null;
        }

        var packets = webm.Packets.Select(packet => packet.Packet).ToList();
        if (Count(packets) is not { } total || webm.Packets.SkipLast(1).Any(packet => packet.DiscardNanoseconds != 0))
        {
            return null;
        }

        var dropped = (long)Math.Round(webm.Packets[^1].DiscardNanoseconds * 1e-9 * Rate);
        return dropped <= Samples(packets[^1].Span) ? new OpusAudio(packets, webm.CodecPrivate.Span, total, dropped) : null;
    }

    public void Decode(Memory<float> interleaved, Action beforeEachPacket)
    {
        // Not from OpusCodecFactory: it prefers a libopus of the system, and native code has no place in this process for media from outside.
#pragma warning disable CS0618
        using var decoder = new OpusDecoder(Rate, Channels) { Gain = _gain };
#pragma warning restore CS0618
        var position = 0;
        foreach (var packet in _packets)
        {
            beforeEachPacket();
            var expected = Samples(packet.Span);
            var decoded = decoder.Decode(packet.Span, interleaved.Span.Slice(position, expected * Channels), expected);
            position += decoded == expected ? decoded * Channels : throw new InvalidDataException("An Opus packet is not as long as it says.");
        }
    }

    /// <summary>One stream of one or two channels, and nothing newer than is known.</summary>
    private static bool IsUsual(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderBytes && header.StartsWith("OpusHead"u8) && header[8] is > 0 and < 16 && header[9] is 1 or 2 && header[18] == 0;

    private static long? Count(IReadOnlyList<ReadOnlyMemory<byte>> packets)
    {
        var total = 0L;
        foreach (var packet in packets)
        {
            if (Samples(packet.Span) is var samples and > 0)
            {
                total += samples;
            }
            else
            {
                return null;
            }
        }

        return total;
    }

    /// <summary>How many samples a packet holds at 48 kHz; 0 if it is none.</summary>
    private static int Samples(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
        {
            return 0;
        }

        var configuration = packet[0] >> 3;
        var frame = configuration switch
        {
            < 12 => FrameSamples[configuration & 3],
            < 16 => FrameSamples[4 + (configuration & 1)],
            _ => FrameSamples[8 + (configuration & 3)],
        };
        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length > 1 ? packet[1] & 63 : 0,
        };
        return frame * frames <= LongestPacket ? frame * frames : 0;
    }
}
