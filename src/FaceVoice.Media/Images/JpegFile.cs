using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace FaceVoice.Media.Images;

/// <summary>Walks a JPEG's segments (ITU-T T.81, annex B) up to its end marker.</summary>
internal ref struct JpegFile
{
    /// <summary>Each scan makes the decoder go over the whole image, however few bytes it has; encoders write some ten.</summary>
    private const int MostScans = 100;

    private const byte Temporary = 0x01, FirstFrame = 0xC0, HuffmanTables = 0xC4, ArithmeticConditioning = 0xCC, LastFrame = 0xCF;
    private const byte FirstRestart = 0xD0, LastRestart = 0xD7, Start = 0xD8, End = 0xD9, Scan = 0xDA, QuantizationTables = 0xDB;
    private const byte Jfif = 0xE0, Exif = 0xE1, Adobe = 0xEE;
    private const int YccTransform = 1;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _maxPixels;
    private int _at = 2;
    private ReadOnlySpan<byte> _frame;
    private int _framePosition;
    private bool _isProgressive, _hasJfif;
    private int? _adobeTransform;
    private int _orientation = ExifOrientation.Upright;
    private int _quantization, _dcTables, _acTables; // a bit for each table that is there
    private int _scans, _scannedComponents;
    private long _scanBytes;

    private JpegFile(ReadOnlySpan<byte> bytes, long maxPixels)
    {
        _bytes = bytes;
        _maxPixels = maxPixels;
    }

    private readonly int Height => BinaryPrimitives.ReadUInt16BigEndian(_frame[1..]);

    private readonly int Width => BinaryPrimitives.ReadUInt16BigEndian(_frame[3..]);

    private readonly int Components => _frame[5];

    public static ImageFile Open(ReadOnlyMemory<byte> encoded, long maxPixels)
    {
        var file = new JpegFile(encoded.Span, maxPixels);
        while (file.ReadMarker() is var marker && marker != End)
        {
            file.ReadSegment(marker);
        }

        file.CheckWhole();
        return new ImageFile(file.Width, file.Height, HasAlpha: false, file._orientation, encoded[..file._at]) { Chroma = file.Chroma() };
    }

    private byte ReadMarker()
    {
        if (_at < _bytes.Length && _bytes[_at] != 0xFF)
        {
            throw Damaged($"it has the byte {_bytes[_at]:X2} at {_at} where a marker is needed");
        }

        while (_at < _bytes.Length && _bytes[_at] == 0xFF)
        {
            _at++;
        }

        return _at < _bytes.Length ? _bytes[_at++] : throw CutOff();
    }

    private void ReadSegment(byte marker)
    {
        if (marker is Temporary or (>= FirstRestart and <= LastRestart))
        {
            return;
        }

        if (marker is 0 or Start)
        {
            throw Damaged($"it has the marker {marker:X2} at byte {_at - 1}");
        }

        var length = _at + 2 <= _bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[_at..]) : throw CutOff();
        if (length < 2)
        {
            throw Damaged($"its segment at byte {_at} has a length of {length}");
        }

        var content = _at + length <= _bytes.Length ? _bytes.Slice(_at + 2, length - 2) : throw CutOff();
        _at += length;
        switch (marker)
        {
            case HuffmanTables:
                ReadHuffmanTables(content);
                break;
            case ArithmeticConditioning:
                throw Arithmetic();
            case >= FirstFrame and <= LastFrame:
                ReadFrame(marker - FirstFrame, content);
                break;
            case QuantizationTables:
                ReadQuantizationTables(content);
                break;
            case Scan:
                ReadScan(content);
                break;
            case Exif when content.StartsWith("Exif\0\0"u8) && _orientation == ExifOrientation.Upright:
                _orientation = ExifOrientation.Read(content);
                break;
            case Jfif:
                _hasJfif = true;
                break;
            case Adobe when content.StartsWith("Adobe"u8) && content.Length >= 12:
                _adobeTransform = content[11];
                break;
        }
    }

    private void ReadFrame(int process, ReadOnlySpan<byte> content)
    {
        if (process > 8)
        {
            throw Arithmetic();
        }

        if (process > 2)
        {
            throw new UnsupportedMediaException("The JPEG is lossless or hierarchical; baseline and progressive ones are read.");
        }

        if (!_frame.IsEmpty || content.Length < 6 || content.Length != 6 + (3 * content[5]))
        {
            throw Damaged(_frame.IsEmpty ? "its frame header has the wrong length" : "it has two frame headers");
        }

        _frame = content;
        _framePosition = _at - content.Length - 4;
        _isProgressive = process == 2;
        if (Height == 0 && Width > 0)
        {
            throw new UnsupportedMediaException("The JPEG gives its height only after its data; images that give it before are read.");
        }

        ImageFile.CheckSize(Width, Height, _maxPixels);
        if (Components is not (1 or 3 or 4))
        {
            throw new UnsupportedMediaException($"The JPEG has {Components} colour components; 1 (grey), 3 (colour) and 4 (CMYK) are read.");
        }
    }

    private void ReadQuantizationTables(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var length = content[0] >> 4 == 0 ? 65 : 129;
            if (content[0] >> 4 > 1 || (content[0] & 15) > 3 || content.Length < length)
            {
                throw Damaged("a quantization table does not fit its segment");
            }

            _quantization |= 1 << (content[0] & 15);
            content = content[length..];
        }
    }

    private void ReadHuffmanTables(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var length = 17;
            for (var i = 1; i < 17 && content.Length > 16; i++)
            {
                length += content[i];
            }

            if (content[0] >> 4 > 1 || (content[0] & 15) > 3 || content.Length < length || length > 17 + 256)
            {
                throw Damaged("a Huffman table does not fit its segment");
            }

            if (content[0] >> 4 == 0)
            {
                _dcTables |= 1 << (content[0] & 15);
            }
            else
            {
                _acTables |= 1 << (content[0] & 15);
            }

            content = content[length..];
        }
    }

    private void ReadScan(ReadOnlySpan<byte> content)
    {
        if (_frame.IsEmpty || content.Length < 6 || content.Length != 4 + (2 * content[0]) || content[0] > Components)
        {
            throw Damaged(_frame.IsEmpty ? "it has data before its frame header" : "a scan header has the wrong length");
        }

        if (++_scans > MostScans)
        {
            throw new MediaLimitException($"The JPEG has more than {MostScans} scans; {MostScans} are allowed.");
        }

        var (firstCoefficient, isRefinement) = (content[^3], content[^1] >> 4 != 0);
        for (var i = 0; i < content[0]; i++)
        {
            var (id, tables) = (content[1 + (2 * i)], content[2 + (2 * i)]);
            var needsDc = firstCoefficient == 0 && !(_isProgressive && isRefinement);
            var needsAc = firstCoefficient > 0 || !_isProgressive;
            if ((needsDc && !IsThere(_dcTables, tables >> 4)) || (needsAc && !IsThere(_acTables, tables & 15)))
            {
                throw Damaged("a scan uses a Huffman table that is not in the file");
            }

            _scannedComponents |= 1 << IndexOf(id);
        }

        SkipScanData();
    }

    private static bool IsThere(int tables, int index) => index < 4 && (tables >> index & 1) != 0;

    private readonly int IndexOf(byte id)
    {
        for (var i = 0; i < Components; i++)
        {
            if (_frame[6 + (3 * i)] == id)
            {
                return i;
            }
        }

        throw Damaged($"a scan names a colour component {id} that is not in the frame header");
    }

    /// <summary>On to the next marker that is no restart marker; it is left to be read.</summary>
    private void SkipScanData()
    {
        var start = _at;
        while (true)
        {
            var next = _bytes[_at..].IndexOf((byte)0xFF);
            if (next < 0 || _at + next + 1 >= _bytes.Length)
            {
                throw CutOff();
            }

            _at += next;
            if (_bytes[_at + 1] is not (0 or 0xFF or (>= FirstRestart and <= LastRestart)))
            {
                break;
            }

            _at += _bytes[_at + 1] == 0xFF ? 1 : 2;
        }

        _scanBytes += _at - start;
    }

    private readonly void CheckWhole()
    {
        if (_frame.IsEmpty || BitOperations.PopCount((uint)_scannedComponents) < Components)
        {
            throw Damaged(_frame.IsEmpty ? "it has no frame header" : "a colour component has no data");
        }

        int blocks = 0, widest = 1, highest = 1;
        for (var i = 0; i < Components; i++)
        {
            var (across, down) = (_frame[7 + (3 * i)] >> 4, _frame[7 + (3 * i)] & 15);
            if (!IsThere(_quantization, _frame[8 + (3 * i)]))
            {
                throw Damaged("it uses a quantization table that is not in the file");
            }

            (widest, highest, blocks) = (Math.Max(widest, across), Math.Max(highest, down), blocks + (across * down));
        }

        // Each block takes at least a bit.
        if (_scanBytes * 8 < blocks * (long)(Width / (8 * widest)) * (Height / (8 * highest)))
        {
            throw Damaged(string.Create(CultureInfo.InvariantCulture, $"it has {_scanBytes:N0} bytes of data for {Width}x{Height} pixels"));
        }

        // The decoder takes all CMYK for inverted, as Adobe writes it.
        if (Components == 4 && _adobeTransform is null)
        {
            throw new UnsupportedMediaException("The JPEG has four colour components without Adobe's marker, which says how they are meant; convert it to RGB first.");
        }
    }

    /// <summary>By the decoder's own rules for what the components mean.</summary>
    private readonly HalvedChroma? Chroma()
    {
        const int eightBits = 8, halvedAcross = 0x21, halvedBoth = 0x22, whole = 0x11;
        var isYcc = _adobeTransform is { } transform ? transform == YccTransform : _hasJfif || (_frame.Length > 12 && _frame[6] != 'R');
        return isYcc && Components == 3 && _frame[0] == eightBits && _frame[7] is halvedAcross or halvedBoth && _frame[10] == whole && _frame[13] == whole
            ? new HalvedChroma(_framePosition, _frame[7] == halvedBoth)
            : null;
    }

    private static UnsupportedMediaException Arithmetic() => new(
        "The JPEG is arithmetic-coded; Huffman-coded ones are read. Convert it first, without loss: jpegtran -copy all IN.jpg > OUT.jpg");

    private readonly CorruptMediaException CutOff() => new(string.Create(
        CultureInfo.InvariantCulture, $"The JPEG is cut off: its {_bytes.Length:N0} bytes end before its end marker."));

    private static CorruptMediaException Damaged(string how) => new($"The JPEG is damaged: {how}.");
}
