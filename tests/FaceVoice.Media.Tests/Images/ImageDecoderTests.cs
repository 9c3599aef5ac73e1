using FaceVoice.Testing;

namespace FaceVoice.Media.Tests.Images;

public sealed class ImageDecoderTests
{
    private static readonly ImageDecoder Decoder = new(new MediaLimits());

    [Theory]
    [InlineData("jpg", 6)]
    [InlineData("png", 3)] // the source colours pass through YUV
    [InlineData("webp", 12)]
    public void Decode_EachFormat_GivesThePixels(string extension, int tolerance)
    {
        using var image = Decoder.DecodeFile(QuadrantFile(extension));

        Assert.Equal((160, 96), (image.Width, image.Height));
        AssertColour(image, 20, 20, 255, 0, 0, tolerance);
        AssertColour(image, 140, 20, 0, 255, 0, tolerance);
        AssertColour(image, 20, 80, 0, 0, 255, tolerance);
        AssertColour(image, 140, 80, 255, 255, 255, tolerance);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 3)]
    [InlineData(6, 2)]
    [InlineData(8, 1)]
    public void Decode_ExifOrientation_IsUpright(int orientation, int cornerOfRed)
    {
        using var plain = Decoder.DecodeFile(QuadrantFile("png"));
        var jpeg = WithOrientation(ImageEncoder.EncodeJpeg(plain, 100), orientation);

        using var image = Decoder.Decode(jpeg);

        var turned = orientation >= 5;
        Assert.Equal(turned ? (96, 160) : (160, 96), (image.Width, image.Height));

        // Where the stored top-left (red) is seen: 0 top left, 1 bottom left, 2 top right, 3 bottom right.
        var (x, y) = ((cornerOfRed & 2) == 0 ? 15 : image.Width - 15, (cornerOfRed & 1) == 0 ? 15 : image.Height - 15);
        AssertColour(image, x, y, 255, 0, 0, 6);
    }

    [Fact]
    public void Decode_GreyAlphaAndSixteenBit_BecomeRgb()
    {
        foreach (var format in new[] { "gray", "rgba", "rgb48be", "gray16be", "ya8" })
        {
            var path = GeneratedMedia.Make($"{format}.png", "-f", "lavfi", "-i", "color=c=white:size=32x16:duration=0.04", "-frames:v", "1", "-pix_fmt", format);
            using var image = Decoder.DecodeFile(path);
            Assert.Equal((32, 16), (image.Width, image.Height));
            AssertColour(image, 5, 5, 255, 255, 255, 2);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(33, 15)]
    [InlineData(7, 16)]
    [InlineData(640, 100)]
    public void Decode_AnyHeight_HasEveryRowOnce(int width, int height)
    {
        using var picture = RgbImage.Allocate(width, height);
        new Random(height).NextBytes(picture.Pixels);

        using var image = Decoder.Decode(ImageEncoder.EncodePng(picture));

        Assert.True(image.Pixels.SequenceEqual(picture.Pixels));
    }

    [Fact]
    public void Decode_MorePixelsThanAllowed_SaysBothNumbers()
    {
        var strict = new ImageDecoder(new MediaLimits { MaxPixels = 1_000 });

        var error = Assert.Throws<MediaLimitException>(() => strict.DecodeFile(QuadrantFile("jpg")));

        Assert.Contains("160x96", error.Message, StringComparison.Ordinal);
        Assert.Contains("1,000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_MoreBytesThanAllowed_Throws()
    {
        var strict = new ImageDecoder(new MediaLimits { MaxBytes = 1_024 });
        Assert.Throws<MediaLimitException>(() => strict.Decode(new byte[2_000]));
        Assert.Throws<MediaLimitException>(() => strict.DecodeFile(GeneratedMedia.Write("big.jpg", new byte[2_000])));
    }

    [Fact]
    public void Decode_NotAPicture_SaysWhatItIs()
    {
        var svg = """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"""u8.ToArray();
        Assert.Contains("SVG", Assert.Throws<UnsupportedMediaException>(() => Decoder.DecodeFile(GeneratedMedia.Write("drawing.jpg", svg))).Message, StringComparison.Ordinal);
        Assert.Contains("text", Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode("hello"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("GIF", Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode("GIF89a\u0001\0\u0001\0"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("0 bytes", Assert.Throws<CorruptMediaException>(() => Decoder.Decode(ReadOnlyMemory<byte>.Empty)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DecodeFile_NameBeginsWithDashOrHoldsUnicode_Opens()
    {
        var bytes = File.ReadAllBytes(QuadrantFile("jpg"));
        foreach (var name in new[] { "-rf.jpg", "Ünïcode 笑顔 %03d.jpg", "a:b|c'd\"e.jpg" })
        {
            Decoder.DecodeFile(GeneratedMedia.Write(name, bytes)).Dispose();
        }
    }

    [Fact]
    public void DecodeFile_NotARegularFile_IsRefusedAtOnce()
    {
        Assert.Throws<FileNotFoundException>(() => Decoder.DecodeFile("/nonexistent/face.jpg"));
        Assert.Throws<UnsupportedMediaException>(() => Decoder.DecodeFile("/tmp"));
        Assert.ThrowsAny<InvalidMediaException>(() => Decoder.DecodeFile("/dev/zero"));
        var pipe = GeneratedMedia.Write("pipe", []);
        File.Delete(pipe);
        GeneratedMedia.Run("mkfifo", pipe);
        Assert.Throws<UnsupportedMediaException>(() => Decoder.DecodeFile(pipe));
    }

    [Fact]
    public void Decode_RealPortrait_HasItsSize()
    {
        using var image = Decoder.DecodeFile(ReferenceData.Media("faces", "A000055.jpg"));
        Assert.Equal((512, 512), (image.Width, image.Height));
    }

    [Fact]
    public async Task Decode_FromManyThreads_GivesTheSamePixels()
    {
        var bytes = await File.ReadAllBytesAsync(QuadrantFile("jpg"), TestContext.Current.CancellationToken);
        using var expected = Decoder.Decode(bytes);
        await Parallel.ForAsync(0, 64, (_, _) =>
        {
            using var image = Decoder.Decode(bytes);
            Assert.True(image.Pixels.SequenceEqual(expected.Pixels));
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Red, green over blue, white.</summary>
    internal static string QuadrantFile(string extension) => GeneratedMedia.Make(
        $"quadrants.{extension}",
        [
            "-f", "lavfi", "-i", "color=red:size=80x48:d=0.04", "-f", "lavfi", "-i", "color=lime:size=80x48:d=0.04",
            "-f", "lavfi", "-i", "color=blue:size=80x48:d=0.04", "-f", "lavfi", "-i", "color=white:size=80x48:d=0.04",
            "-filter_complex", "[0]format=rgb24[a];[1]format=rgb24[b];[2]format=rgb24[c];[3]format=rgb24[d];[a][b]hstack[e];[c][d]hstack[f];[e][f]vstack",
            "-frames:v", "1", .. extension == "jpg" ? new[] { "-q:v", "1", "-pix_fmt", "yuvj444p" } : [],
        ]);

    private static void AssertColour(RgbImage image, int x, int y, int red, int green, int blue, int tolerance)
    {
        var pixel = image.Row(y).Slice(x * 3, 3);
        Assert.InRange(pixel[0], red - tolerance, red + tolerance);
        Assert.InRange(pixel[1], green - tolerance, green + tolerance);
        Assert.InRange(pixel[2], blue - tolerance, blue + tolerance);
    }

    /// <summary>Puts an EXIF segment with nothing but the orientation behind the start marker.</summary>
    private static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0x00, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
