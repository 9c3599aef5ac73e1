using System.Buffers.Binary;
using System.IO.Compression;
using FaceVoice.Training.Imaging;

namespace FaceVoice.Training.Tests.Imaging;

public sealed class RasterTests
{
    [Fact]
    public void ToPng_Picture_HoldsItsPixels()
    {
        var raster = new Raster(3, 2);
        raster.Fill(1, 0, 1, 1, 0x102030);
        var png = raster.ToPng();

        Assert.Equal(3, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        var data = png.AsSpan(8 + 25); // after signature and header chunk
        var length = BinaryPrimitives.ReadInt32BigEndian(data);
        using var zlib = new ZLibStream(new MemoryStream(data.Slice(8, length).ToArray()), CompressionMode.Decompress);
        var rows = new byte[2 * ((3 * 3) + 1)];
        zlib.ReadExactly(rows);
        Assert.Equal([0, 255, 255, 255, 0x10, 0x20, 0x30, 255, 255, 255], rows[..10]);
    }

    /// <summary>The end chunk of every PNG is the same twelve bytes, checksum included.</summary>
    [Fact]
    public void ToPng_EndChunk_HasItsKnownChecksum() =>
        Assert.Equal([0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82], new Raster(1, 1).ToPng()[^12..]);
}
