using System.Buffers.Binary;
using System.Globalization;

namespace FaceVoice.Media.Images;

/// <summary>Walks a PNG's chunks (ISO/IEC 15948, clause 5) up to its end chunk.</summary>
internal ref struct PngFile
{
    private const int Overhead = 12; // of a chunk: length, name, checksum
    private const int HeaderLength = 13;
    private const int FullPalette = 768;
    private const int PaletteColour = 3, AlphaBit = 4;

    private readonly ReadOnlyMemory<byte> _encoded;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _maxPixels;
    private readonly List<Range> _data = [];
    private int _at = 8;
    private ReadOnlySpan<byte> _header;
    private Range? _palette;
    private bool _hasTransparency, _isDataOver;
    private int _orientation = ExifOrientation.Upright;

    private PngFile(ReadOnlyMemory<byte> encoded, long maxPixels)
    {
        _encoded = encoded;
        _bytes = encoded.Span;
        _maxPixels = maxPixels;
    }

    private readonly int Width => BinaryPrimitives.ReadInt32BigEndian(_header);

    private readonly int Height => BinaryPrimitives.ReadInt32BigEndian(_header[4..]);

    private readonly int BitDepth => _header[8];

    private readonly int ColourType => _header[9];

    private readonly bool IsInterlaced => _header[12] != 0;

    public static ImageFile Open(ReadOnlyMemory<byte> encoded, long maxPixels)
    {
        var file = new PngFile(encoded, maxPixels);
        while (file.ReadChunk())
        {
        }

        file.CheckWhole();
        var hasAlpha = (file.ColourType & AlphaBit) != 0 || file._hasTransparency;
        return new ImageFile(file.Width, file.Height, hasAlpha, file._orientation, file.ForDecoder());
    }

    /// <summary>False after the end chunk.</summary>
    private bool ReadChunk()
    {
        var length = _bytes.Length - _at >= Overhead ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[_at..]) : throw CutOff();
        if (length > _bytes.Length - _at - Overhead)
        {
            throw CutOff();
        }

        var name = _bytes.Slice(_at + 4, 4);
        var content = (_at + 8)..(_at + 8 + (int)length);
        _at = content.End.Value + 4;
        if (name.SequenceEqual("CgBI"u8))
        {
            throw new UnsupportedMediaException("The PNG is Apple's own variant for apps (CgBI); export it as an ordinary PNG first.");
        }

        if (_header.IsEmpty != name.SequenceEqual("IHDR"u8))
        {
            throw Damaged(_header.IsEmpty ? "its first chunk is not its header" : "it has two headers");
        }

        _isDataOver |= _data.Count > 0 && !name.SequenceEqual("IDAT"u8);
        Read(name, content);
        return !name.SequenceEqual("IEND"u8);
    }

    private void Read(ReadOnlySpan<byte> name, Range content)
    {
        var bytes = _bytes[content];
        if (name.SequenceEqual("IDAT"u8))
        {
            // The decoder takes an empty chunk for the end, and reads the first two bytes as one piece.
            _data.Add(bytes.Length >= (_data.Count == 0 ? 2 : 1) && !_isDataOver
                ? content
                : throw Damaged(_isDataOver ? "its data chunks do not follow one another" : "it has an empty data chunk"));
        }
        else if (name.SequenceEqual("IHDR"u8))
        {
            _header = bytes.Length == HeaderLength ? bytes : throw Damaged($"its header has {bytes.Length} bytes");
            ImageFile.CheckSize(Width, Height, _maxPixels);
        }
        else if (name.SequenceEqual("PLTE"u8))
        {
            _palette = _palette is null && _data.Count == 0 && bytes.Length is > 0 and <= FullPalette && bytes.Length % 3 == 0
                ? content
                : throw Damaged("its palette has a wrong length or place");
        }
        else if (name.SequenceEqual("tRNS"u8))
        {
            _hasTransparency = _data.Count == 0 && bytes.Length > 0 ? true : throw Damaged("its transparency has a wrong length or place");
        }
        else if (name.SequenceEqual("eXIf"u8))
        {
            _orientation = ExifOrientation.Read(bytes);
        }
    }

    private readonly void CheckWhole()
    {
        if (_data.Count == 0)
        {
            throw Damaged("it has no data");
        }

        if (ColourType == PaletteColour && _palette is null)
        {
            throw Damaged("its colours are those of a palette that is not in the file");
        }
    }

    /// <summary>
    /// The file without what trails it. Of interlaced images the decoder waits for ever for data that are missing, loses count after a pass without
    /// columns, and looks up colours beyond the end of a short palette: their data are measured here, their palettes filled up.
    /// </summary>
    private readonly ReadOnlyMemory<byte> ForDecoder()
    {
        if (IsInterlaced)
        {
            if (Width < Adam7Data.NarrowestWithAllPasses)
            {
                throw new UnsupportedMediaException($"The PNG is interlaced and {Width} pixels wide; interlaced ones of {Adam7Data.NarrowestWithAllPasses} and more are read.");
            }

            var bits = BitDepth * (ColourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 });
            var needed = Adam7Data.Length(Width, Height, bits);
            if (Adam7Data.Measure(_encoded, _data, needed) < needed)
            {
                throw Damaged(string.Create(CultureInfo.InvariantCulture, $"its data end before the {needed:N0} bytes that {Width}x{Height} pixels take"));
            }
        }

        var file = _encoded[.._at];
        return IsInterlaced && ColourType == PaletteColour ? WithFullPalette(file.Span, _palette!.Value) : file;
    }

    private static byte[] WithFullPalette(ReadOnlySpan<byte> file, Range palette)
    {
        Span<byte> chunk = stackalloc byte[Overhead + FullPalette];
        chunk.Clear();
        BinaryPrimitives.WriteInt32BigEndian(chunk, FullPalette);
        "PLTE"u8.CopyTo(chunk[4..]);
        file[palette].CopyTo(chunk[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[^4..], Checksum(chunk[4..^4]));
        return [.. file[..(palette.Start.Value - 8)], .. chunk, .. file[(palette.End.Value + 4)..]];
    }

    /// <summary>CRC-32 (ISO 3309), bit by bit: it is taken of one short chunk of a rare kind of file.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }

    private readonly CorruptMediaException CutOff() => new(string.Create(
        CultureInfo.InvariantCulture, $"The PNG is cut off: its {_bytes.Length:N0} bytes end before its end chunk."));

    private static CorruptMediaException Damaged(string how) => new($"The PNG is damaged: {how}.");
}
