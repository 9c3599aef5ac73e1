using System.Buffers.Binary;

namespace FaceVoice.Media.Audio.InProcess;

/// <summary>
/// The packets of an Ogg file that holds one logical stream and nothing else. Strict on purpose: a chained or multiplexed file, a damaged, missing
/// or cut-off page makes <see cref="TryParse"/> give null, and FFmpeg decides what to make of it.
/// </summary>
/// <remarks>Source: RFC 3533.</remarks>
internal sealed class OggFile
{
    private const int HeaderBytes = 27;
    private const int MostPackets = 100_000;
    private const byte Continued = 1;
    private const byte First = 2;
    private const byte Last = 4;
    private static readonly uint[] CrcTable = MakeCrcTable();
    private readonly List<ReadOnlyMemory<byte>> _packets = [];
    private readonly List<Page> _pages = [];

    /// <summary>One page: the position after its last complete packet (-1 if it completes none), and how many it completes.</summary>
    internal readonly record struct Page(long Granule, int CompletedPackets, bool IsLast);

    /// <summary>Gets all packets, headers of the codec included.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Packets => _packets;

    /// <summary>Gets the pages.</summary>
    public IReadOnlyList<Page> Pages => _pages;

    /// <summary>Reads a whole file; null if anything about it is unusual.</summary>
    public static OggFile? TryParse(ReadOnlyMemory<byte> file)
    {
        var ogg = new OggFile();
        var partial = new List<ReadOnlyMemory<byte>>();
        uint? serial = null;
        for (var (offset, number) = (0, 0u); offset < file.Length; number++)
        {
            if (!TryReadPage(file[offset..], out var page, out var header)
                || header.Version != 0
                || header.Number != number
                || (serial ??= header.Serial) != header.Serial
                || ((header.Flags & First) != 0) != (number == 0)
                || ((header.Flags & Continued) != 0) != (partial.Count > 0)
                || (ogg._pages.Count > 0 && ogg._pages[^1].IsLast)
                || !ogg.AddPackets(page, header, partial))
            {
                return null;
            }

            offset += page.Length;
        }

        return partial.Count == 0 && ogg._packets.Count > 0 ? ogg : null;
    }

    private readonly record struct Header(byte Version, byte Flags, long Granule, uint Serial, uint Number, int Segments);

    private static bool TryReadPage(ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> page, out Header header)
    {
        (page, header) = (default, default);
        var bytes = rest.Span;
        if (bytes.Length < HeaderBytes || !bytes.StartsWith("OggS"u8))
        {
            return false;
        }

        header = new Header(
            bytes[4],
            bytes[5],
            BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[18..]),
            bytes[26]);
        if (bytes.Length < HeaderBytes + header.Segments)
        {
            return false;
        }

        var length = HeaderBytes + header.Segments;
        foreach (var lacing in bytes.Slice(HeaderBytes, header.Segments))
        {
            length += lacing;
        }

        if (bytes.Length < length || BinaryPrimitives.ReadUInt32LittleEndian(bytes[22..]) != Crc(bytes[..length]))
        {
            return false;
        }

        page = rest[..length];
        return true;
    }

    private bool AddPackets(ReadOnlyMemory<byte> page, Header header, List<ReadOnlyMemory<byte>> partial)
    {
        var completed = 0;
        var position = HeaderBytes + header.Segments;
        var start = position;
        foreach (var lacing in page.Span.Slice(HeaderBytes, header.Segments))
        {
            position += lacing;
            if (lacing == byte.MaxValue)
            {
                continue;
            }

            partial.Add(page[start..position]);
            _packets.Add(partial.Count == 1 ? partial[0] : Join(partial));
            partial.Clear();
            start = position;
            completed++;
        }

        if (start < position)
        {
            partial.Add(page[start..position]);
        }

        _pages.Add(new Page(header.Granule, completed, (header.Flags & Last) != 0));
        return _packets.Count <= MostPackets;
    }

    private static byte[] Join(List<ReadOnlyMemory<byte>> parts)
    {
        var whole = new byte[parts.Sum(part => part.Length)];
        var offset = 0;
        foreach (var part in parts)
        {
            part.CopyTo(whole.AsMemory(offset));
            offset += part.Length;
        }

        return whole;
    }

    /// <summary>The checksum of a page, its own field (bytes 22 to 25) counting as zero.</summary>
    private static uint Crc(ReadOnlySpan<byte> page)
    {
        var crc = 0u;
        for (var i = 0; i < page.Length; i++)
        {
            crc = (crc << 8) ^ CrcTable[(crc >> 24) ^ (i is >= 22 and < 26 ? (byte)0 : page[i])];
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        const uint polynomial = 0x04C1_1DB7;
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 0x8000_0000) != 0 ? (value << 1) ^ polynomial : value << 1;
            }

            table[i] = value;
        }

        return table;
    }
}
