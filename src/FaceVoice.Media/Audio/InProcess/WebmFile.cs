using System.Buffers.Binary;

namespace FaceVoice.Media.Audio.InProcess;

/// <summary>
/// The one audio track of a Matroska or WebM file. Strict on purpose: several audio tracks, lacing, encryption or compression, an element that
/// is cut off, make <see cref="TryParse"/> give null, and FFmpeg decides what to make of the file. Other tracks are passed over.
/// </summary>
/// <remarks>Source: RFC 8794 (EBML), RFC 9559 (Matroska).</remarks>
internal sealed class WebmFile
{
    private const int MostElements = 1_000_000;
    private const int MostPackets = 100_000;
    private const int AudioTrack = 2;
    private const long UnknownSize = -1;
    private readonly List<(ReadOnlyMemory<byte> Packet, long DiscardNanoseconds)> _packets = [];
    private long _track = -1;

    private static class Id
    {
        public const uint Header = 0x1A45_DFA3;
        public const uint Segment = 0x1853_8067;
        public const uint Cluster = 0x1F43_B675;
        public const uint Tracks = 0x1654_AE6B;
        public const uint TrackEntry = 0xAE;
        public const uint TrackNumber = 0xD7;
        public const uint TrackType = 0x83;
        public const uint CodecId = 0x86;
        public const uint CodecPrivate = 0x63A2;
        public const uint ContentEncodings = 0x6D80;
        public const uint SimpleBlock = 0xA3;
        public const uint BlockGroup = 0xA0;
        public const uint Block = 0xA1;
        public const uint DiscardPadding = 0x75A2;
    }

    /// <summary>Gets the codec, as Matroska names it.</summary>
    public string Codec { get; private set; } = "";

    /// <summary>Gets the codec's own header.</summary>
    public ReadOnlyMemory<byte> CodecPrivate { get; private set; }

    /// <summary>Gets the packets, each with what is to be dropped from its end, in nanoseconds.</summary>
    public IReadOnlyList<(ReadOnlyMemory<byte> Packet, long DiscardNanoseconds)> Packets => _packets;

    /// <summary>Reads a whole file; null if anything about it is unusual.</summary>
    public static WebmFile? TryParse(ReadOnlyMemory<byte> file)
    {
        var webm = new WebmFile();
        return webm.ReadSegment(file) && webm._track >= 0 && webm._packets.Count > 0 ? webm : null;
    }

    /// <summary>
    /// Segment and clusters may have unknown sizes, so they are entered, not bounded: what follows a cluster's last block is the next element of
    /// the segment either way.
    /// </summary>
    private bool ReadSegment(ReadOnlyMemory<byte> rest)
    {
        var (elements, segments) = (0, 0);
        while (!rest.IsEmpty)
        {
            if (++elements > MostElements || !TryReadElement(rest, out var id, out var size, out var header))
            {
                return false;
            }

            rest = rest[header..];
            if (id is Id.Segment or Id.Cluster)
            {
                segments += id == Id.Segment ? 1 : 0;
                if (size > rest.Length || segments > 1)
                {
                    return false;
                }

                continue;
            }

            if (size == UnknownSize || size > rest.Length || !Take(id, rest[..(int)size]))
            {
                return false;
            }

            rest = rest[(int)size..];
        }

        return segments == 1;
    }

    private bool Take(uint id, ReadOnlyMemory<byte> content) => id switch
    {
        Id.Tracks => ReadTracks(content),
        Id.SimpleBlock => AddBlock(content, discard: 0),
        Id.BlockGroup => ReadBlockGroup(content),
        _ => true,
    };

    private bool ReadTracks(ReadOnlyMemory<byte> content)
    {
        foreach (var (id, entry) in Children(content))
        {
            if (id == 0 || (id == Id.TrackEntry && !ReadTrack(entry)))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadTrack(ReadOnlyMemory<byte> entry)
    {
        var (number, type, codec, encoded, own) = (0L, 0L, "", false, ReadOnlyMemory<byte>.Empty);
        foreach (var (id, content) in Children(entry))
        {
            switch (id)
            {
                case 0:
                    return false;
                case Id.TrackNumber:
                    number = Unsigned(content.Span);
                    break;
                case Id.TrackType:
                    type = Unsigned(content.Span);
                    break;
                case Id.CodecId:
                    codec = System.Text.Encoding.ASCII.GetString(content.Span).TrimEnd('\0');
                    break;
                case Id.CodecPrivate:
                    own = content;
                    break;
                case Id.ContentEncodings:
                    encoded = true;
                    break;
            }
        }

        if (type != AudioTrack)
        {
            return true;
        }

        if (_track >= 0 || encoded || number is < 1 or > 126)
        {
            return false;
        }

        (_track, Codec, CodecPrivate) = (number, codec, own);
        return true;
    }

    private bool ReadBlockGroup(ReadOnlyMemory<byte> content)
    {
        var (block, discard) = (ReadOnlyMemory<byte>.Empty, 0L);
        foreach (var (id, child) in Children(content))
        {
            switch (id)
            {
                case 0:
                    return false;
                case Id.Block:
                    block = child;
                    break;
                case Id.DiscardPadding:
                    discard = Signed(child.Span);
                    break;
            }
        }

        return AddBlock(block, discard);
    }

    private bool AddBlock(ReadOnlyMemory<byte> block, long discard)
    {
        const int header = 4; // track number of one byte, time of two, flags
        const byte oneByteNumber = 0x80;
        const byte lacing = 0x06;
        if (block.Length < header || _track < 0)
        {
            return false;
        }

        var bytes = block.Span;
        if ((bytes[0] & oneByteNumber) == 0)
        {
            return false;
        }

        if ((bytes[0] & ~oneByteNumber) != _track)
        {
            return true;
        }

        _packets.Add((block[header..], discard));
        return (bytes[3] & lacing) == 0 && discard >= 0 && _packets.Count <= MostPackets;
    }

    /// <summary>The children of an element that is there whole; an id of 0 says that they do not fit it.</summary>
    private static IEnumerable<(uint Id, ReadOnlyMemory<byte> Content)> Children(ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            if (!TryReadElement(content, out var id, out var size, out var header) || size == UnknownSize || size > content.Length - header)
            {
                yield return (0, default);
                yield break;
            }

            yield return (id, content.Slice(header, (int)size));
            content = content[(header + (int)size)..];
        }
    }

    private static bool TryReadElement(ReadOnlyMemory<byte> content, out uint id, out long size, out int header)
    {
        const int longestId = 4;
        const int longestSize = 8;
        (id, size, header) = (0, 0, 0);
        var bytes = content.Span;
        var idLength = bytes.IsEmpty || bytes[0] == 0 ? longestSize : System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        if (idLength > longestId || bytes.Length <= idLength || bytes[idLength] == 0)
        {
            return false;
        }

        foreach (var value in bytes[..idLength])
        {
            id = (id << 8) | value;
        }

        var sizeLength = System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[idLength]) - 23;
        header = idLength + sizeLength;
        if (bytes.Length < header)
        {
            return false;
        }

        size = bytes[idLength] & (0xFF >> sizeLength);
        var isUnknown = size == 0xFF >> sizeLength;
        foreach (var value in bytes[(idLength + 1)..header])
        {
            size = (size << 8) | value;
            isUnknown &= value == 0xFF;
        }

        size = isUnknown ? UnknownSize : size;
        return true;
    }

    private static long Unsigned(ReadOnlySpan<byte> bytes)
    {
        var value = 0L;
        foreach (var part in bytes[..Math.Min(bytes.Length, 7)])
        {
            value = (value << 8) | part;
        }

        return value;
    }

    private static long Signed(ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[8];
        whole.Fill(!bytes.IsEmpty && bytes[0] >= 0x80 ? (byte)0xFF : (byte)0);
        bytes = bytes[..Math.Min(bytes.Length, 8)];
        bytes.CopyTo(whole[(8 - bytes.Length)..]);
        return BinaryPrimitives.ReadInt64BigEndian(whole);
    }
}
