using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace FaceVoice.Media.Tests.Images;

/// <summary>
/// Small files of kinds that no encoder here writes. The JPEGs show one gradient of 24x16 pixels, red growing by 10 a column, green by 15 a row,
/// blue 128 throughout; libjpeg-turbo's cjpeg and Pillow made them at quality 90.
/// </summary>
internal static class SmallFiles
{
    /// <summary>Progressive, 4:2:0, ten scans.</summary>
    public static byte[] Progressive => Convert.FromBase64String(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/
        2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAQABgDASIAAhEBAxEB/8QA
        FwAAAwEAAAAAAAAAAAAAAAAAAAYHBf/EABUBAQEAAAAAAAAAAAAAAAAAAAUH/9oADAMBAAIQAxAAAAGP77+wJiIBXgCuf//EABYQAAMAAAAAAAAAAAAAAAAA
        AAADBf/aAAgBAQABBQJMsTLEyxMsTLEyz//EABkRAAIDAQAAAAAAAAAAAAAAAAAFBCExI//aAAgBAwEBPwFQ8yyK856f/8QAGhEAAgIDAAAAAAAAAAAAAAAA
        AAUCAyExYf/aAAgBAgEBPwG9t0m2zs//xAAVEAEBAAAAAAAAAAAAAAAAAAAAMf/aAAgBAQAGPwKIiIj/xAAVEAEBAAAAAAAAAAAAAAAAAAAAMf/aAAgBAQAB
        PyGRJkyZMj//2gAMAwEAAgADAAAAEEfP/8QAFREBAQAAAAAAAAAAAAAAAAAAACH/2gAIAQMBAT8QLO//xAAVEQEBAAAAAAAAAAAAAAAAAAAQMf/aAAgBAgEB
        PxC47//EABUQAQEAAAAAAAAAAAAAAAAAAADx/9oACAEBAAE/EJKQkJCQkv/Z
        """);

    /// <summary>Baseline, a scan for each component.</summary>
    public static byte[] OneScanEach => Convert.FromBase64String(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/
        2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABgDASIAAhEBAxEB/8QA
        FgABAQEAAAAAAAAAAAAAAAAABgcI/8QAGRAAAQUAAAAAAAAAAAAAAAAAAAUHIzKh/9oACAEBAAA/AMfojX1iwfojX1hwoCI19YcHqI19YcKAiNfWHB+iNfWL
        D//EABQBAQAAAAAAAAAAAAAAAAAAAAb/xAAaEQACAgMAAAAAAAAAAAAAAAAABgMiBDEy/9oACAECEQA/AE2e27sAZ22/R//EABUBAQEAAAAAAAAAAAAAAAAA
        AAYI/8QAGhEAAgIDAAAAAAAAAAAAAAAAAAYBIgUkMv/aAAgBAxEAPwAUovPNyt8U860XP//Z
        """);

    /// <summary>Baseline, a restart marker after each block row.</summary>
    public static byte[] Restarts => Convert.FromBase64String(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/
        2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABgDASIAAhEBAxEB/8QA
        FwAAAwEAAAAAAAAAAAAAAAAAAAcIBv/EABkQAAEFAAAAAAAAAAAAAAAAAAAFByMyof/EABYBAQEBAAAAAAAAAAAAAAAAAAYFCP/EAB0RAAIBBAMAAAAAAAAA
        AAAAAAAGIgEDBDIFJDH/3QAEAAH/2gAMAwEAAhEDEQA/AI/RGvrFhv0Rr6w4P1Ea+sODARGvrDgmz232QKUXnWZ//9BfIjX1hwCvERr6xYBHvts9jQXFPPWp
        M//Z
        """);

    /// <summary>CMYK with Adobe's marker.</summary>
    public static byte[] Cmyk => Convert.FromBase64String(
        """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AA
        FAgAEAAYBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQci
        cRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqi
        o6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD4H+En/LH8K+Nv+Gdv+nX/AMdo
        r9U6+1fhJ/yx/Cj/AIZ2/wCnX/x2iivtb4Sf8sfwo/4Z2/6df/HaKK/FT4Sf8sfwr9QP+Gdv+nX/AMdoor7V+En/ACx/Cj/hnb/p1/8AHaKK+1vhJ/yx/Cj/
        AIZ2/wCnX/x2iiv/2Q==
        """);

    /// <summary>Arithmetic-coded.</summary>
    public static byte[] Arithmetic => Convert.FromBase64String(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/
        2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/yQARCAAQABgDASIAAhEBAxEB/8wA
        CgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ANwbvPA62PXu/ZzCNMjV011hBwFDeF02UfPDHH2yDJ4pkQqL2J0tamUNbExDN+JhD+M7vEMOqiE1uwkS5lCj5W4k
        QP/Z
        """);

    /// <summary>A PNG with valid checksums around whatever rows and further chunks are given.</summary>
    public static byte[] Png(int width, int height, int bitDepth, int colourType, byte[] rows, bool interlaced = false, params (string Name, byte[] Data)[] extra)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        return Chunks([("IHDR", Header(width, height, bitDepth, colourType, interlaced)), .. extra, ("IDAT", packed.ToArray()), ("IEND", [])]);
    }

    /// <summary>The rows of an interlaced PNG of one byte a pixel, pass after pass.</summary>
    public static byte[] Adam7(int width, int height, Func<int, int, byte> value)
    {
        var rows = new List<byte>();
        foreach (var (left, top, stepX, stepY) in new[] { (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2) })
        {
            for (var y = top; y < height && left < width; y += stepY)
            {
                rows.Add(0);
                for (var x = left; x < width; x += stepX)
                {
                    rows.Add(value(x, y));
                }
            }
        }

        return [.. rows];
    }

    public static byte[] Header(int width, int height, int bitDepth, int colourType, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bitDepth, (byte)colourType, interlaced ? (byte)1 : (byte)0);
        return header;
    }

    /// <summary>A PNG of any chunks.</summary>
    public static byte[] Chunks(params (string Name, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var number = new byte[4];
        foreach (var (name, data) in chunks)
        {
            byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.Write(number);
            file.Write(body);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
            file.Write(number);
        }

        return file.ToArray();
    }

    /// <summary>A TIFF structure with nothing but the orientation.</summary>
    public static byte[] Exif(int orientation, bool bigEndian = true) => bigEndian
        ? [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]
        : [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The JPEG with a segment behind its start marker.</summary>
    public static byte[] WithSegment(byte[] jpeg, byte marker, params byte[] content) =>
        [.. jpeg[..2], 0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content, .. jpeg[2..]];

    /// <summary>A WebP of any chunks.</summary>
    public static byte[] Riff(params (string Name, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write("RIFF\0\0\0\0WEBP"u8);
        foreach (var (name, data) in chunks)
        {
            file.Write(Riff(name, data));
        }

        var bytes = file.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    /// <summary>A chunk with its name, length and padding.</summary>
    public static byte[] Riff(string name, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        return [.. Encoding.ASCII.GetBytes(name), .. length, .. data, .. data.Length % 2 == 0 ? (byte[])[] : [0]];
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
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
}
