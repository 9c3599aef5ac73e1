using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace FaceVoice.Media.Tests.Images;

/// <summary>Pictures made to hurt: each must end in a typed error (or a picture), soon, in bounded memory.</summary>
public sealed class HostileImageTests
{
    private static readonly ImageDecoder Decoder = new(new MediaLimits());

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("webp")]
    public void Decode_TruncatedAnywhere_IsATypedError(string extension)
    {
        var whole = File.ReadAllBytes(ImageDecoderTests.QuadrantFile(extension));
        for (var length = 0; length < whole.Length - 2; length += 64)
        {
            Assert.ThrowsAny<InvalidMediaException>(() => Decoder.Decode(whole.AsMemory(0, length)).Dispose());
        }
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("webp")]
    public void Decode_FlippedBits_IsAPictureOrATypedError(string extension)
    {
        var whole = File.ReadAllBytes(ImageDecoderTests.QuadrantFile(extension));
        var random = new Random(7);
        for (var round = 0; round < 150; round++)
        {
            var damaged = whole.ToArray();
            for (var flip = 0; flip < 3; flip++)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                Decoder.Decode(damaged).Dispose();
            }
            catch (InvalidMediaException)
            {
                // Expected for most of them.
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 100)]
    [InlineData(60_000, 60_000)]
    [InlineData(2_000_000_000, 2_000_000_000)]
    public void Decode_PngHeaderWithAbsurdSize_IsRefusedBeforeDecoding(int width, int height)
    {
        var before = GC.GetTotalAllocatedBytes();
        Assert.ThrowsAny<InvalidMediaException>(() => Decoder.Decode(Png(width, height, new byte[64])));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(60_000, 60_000)]
    [InlineData(65_535, 65_535)]
    public void Decode_JpegHeaderWithAbsurdSize_IsRefused(int width, int height)
    {
        var jpeg = File.ReadAllBytes(ImageDecoderTests.QuadrantFile("jpg"));
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        Assert.True(frame > 0);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), (ushort)width);
        Assert.ThrowsAny<InvalidMediaException>(() => Decoder.Decode(jpeg));
    }

    [Fact]
    public void Decode_PixelBomb_IsRefusedByItsHeader()
    {
        // 20,000 x 20,000 grey zeros: 400 MB of pixels in 0.4 MB of file.
        var error = Assert.Throws<MediaLimitException>(() => Decoder.Decode(Png(20_000, 20_000, new byte[20_001 * 2_000])));
        Assert.Contains("20000x20000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_TextChunkBomb_DoesNotInflate()
    {
        // 200 MB of zeros in a compressed text chunk of a 1x1 picture.
        var inflated = new byte[1 << 20];
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var i = 0; i < 200; i++)
            {
                zlib.Write(inflated);
            }
        }

        byte[] chunk = [.. "Comment\0\0"u8, .. packed.ToArray()];
        var before = Environment.WorkingSet;
        try
        {
            Decoder.Decode(Png(1, 1, [0, 128], ("zTXt", chunk))).Dispose();
        }
        catch (InvalidMediaException)
        {
            // Refusing it is as good as ignoring the chunk.
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 150 << 20);
    }

    /// <summary>An 8-bit grey PNG with valid checksums around whatever data are given.</summary>
    private static byte[] Png(int width, int height, byte[] rows, params (string Name, byte[] Data)[] extra)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        foreach (var (name, data) in (IEnumerable<(string, byte[])>)[("IHDR", header), .. extra, ("IDAT", packed.ToArray()), ("IEND", [])])
        {
            byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.Write(number);
            file.Write(body);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
            file.Write(number);
        }

        return file.ToArray();
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
