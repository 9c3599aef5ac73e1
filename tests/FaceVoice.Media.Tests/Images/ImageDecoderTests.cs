using FaceVoice.Testing;

namespace FaceVoice.Media.Tests.Images;

public sealed class ImageDecoderTests
{
    private static readonly ImageDecoder Decoder = new(new MediaLimits());

    private static readonly MediaBatch Quadrants = new(
        [
            "-f", "lavfi", "-i", "color=red:size=80x48:d=0.04", "-f", "lavfi", "-i", "color=lime:size=80x48:d=0.04",
            "-f", "lavfi", "-i", "color=blue:size=80x48:d=0.04", "-f", "lavfi", "-i", "color=white:size=80x48:d=0.04",
            "-filter_complex",
            "[0]format=rgb24[a];[1]format=rgb24[b];[2]format=rgb24[c];[3]format=rgb24[d];[a][b]hstack[e];[c][d]hstack[f];[e][f]vstack,split=3[x][y][z]",
        ],
        [
            ("quadrants.jpg", "-map [x] -frames:v 1 -q:v 1 -pix_fmt yuvj444p"), ("quadrants.png", "-map [y] -frames:v 1"),
            ("quadrants.webp", "-map [z] -frames:v 1"),
        ]);

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
    [InlineData(nameof(SmallFiles.Progressive), 12)]
    [InlineData(nameof(SmallFiles.OneScanEach), 12)]
    [InlineData(nameof(SmallFiles.Restarts), 12)]
    [InlineData(nameof(SmallFiles.Cmyk), 8)]
    public void Decode_JpegOfEachKind_GivesThePixels(string kind, int tolerance)
    {
        using var image = Decoder.Decode(Jpeg(kind));

        Assert.Equal((24, 16), (image.Width, image.Height));
        for (var y = 2; y < 16; y += 4)
        {
            for (var x = 2; x < 24; x += 5)
            {
                AssertColour(image, x, y, 10 * x, 15 * y, 128, tolerance);
            }
        }
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(70, 45)]
    public void Decode_ExifOrientation_IsUpright(int width, int height)
    {
        // Where each pixel of the upright image is stored, as EXIF 2.32 names it: the 0th row and column and the visual sides they are.
        (int Orientation, Func<int, int, (int X, int Y)> Stored)[] kinds =
        [
            (1, (x, y) => (x, y)), (2, (x, y) => (width - 1 - x, y)), (3, (x, y) => (width - 1 - x, height - 1 - y)), (4, (x, y) => (x, height - 1 - y)),
            (5, (x, y) => (y, x)), (6, (x, y) => (y, height - 1 - x)), (7, (x, y) => (width - 1 - y, height - 1 - x)), (8, (x, y) => (width - 1 - y, x)),
        ];
        var rows = new byte[height * ((3 * width) + 1)];
        for (var i = 0; i < width * height; i++)
        {
            var at = (i / width * ((3 * width) + 1)) + 1 + (3 * (i % width));
            (rows[at], rows[at + 1], rows[at + 2]) = ((byte)i, (byte)(i >> 8), 7);
        }

        foreach (var (orientation, stored) in kinds)
        {
            using var image = Decoder.Decode(SmallFiles.Png(width, height, 8, 2, rows, extra: ("eXIf", SmallFiles.Exif(orientation, orientation % 2 == 0))));
            Assert.Equal(orientation < 5 ? (width, height) : (height, width), (image.Width, image.Height));
            for (var y = 0; y < image.Height; y++)
            {
                for (var x = 0; x < image.Width; x++)
                {
                    var (storedX, storedY) = stored(x, y);
                    var index = (storedY * width) + storedX;
                    AssertColour(image, x, y, (byte)index, index >> 8, 7, 0);
                }
            }
        }
    }

    [Fact]
    public void Decode_OrientationInEachContainer_IsFollowed()
    {
        using var plain = Decoder.DecodeFile(QuadrantFile("png"));
        var webp = File.ReadAllBytes(QuadrantFile("webp"));
        foreach (var file in new[]
        {
            SmallFiles.WithSegment(ImageEncoder.EncodeJpeg(plain, 100), 0xE1, [.. "Exif\0\0"u8, .. SmallFiles.Exif(6)]),
            SmallFiles.Riff(("VP8X", [8, 0, 0, 0, 159, 0, 0, 95, 0, 0]), Image(webp), ("EXIF", SmallFiles.Exif(6))),
        })
        {
            using var image = Decoder.Decode(file);
            Assert.Equal((96, 160), (image.Width, image.Height));
            AssertColour(image, 80, 15, 255, 0, 0, 12); // what is stored top left is shown top right
        }
    }

    [Fact]
    public void Decode_DamagedExif_IsTakenForUpright()
    {
        var whole = SmallFiles.Exif(6);
        using var image = RgbImage.Allocate(6, 4);
        image.Pixels.Clear();
        var jpeg = ImageEncoder.EncodeJpeg(image, 90);
        for (var length = 0; length < 18; length++)
        {
            using var decoded = Decoder.Decode(SmallFiles.WithSegment(jpeg, 0xE1, [.. "Exif\0\0"u8, .. whole[..length]]));
            Assert.Equal((6, 4), (decoded.Width, decoded.Height));
        }

        byte[] farAway = [.. "MM\0*"u8, 0xFF, 0xFF, 0xFF, 0xF0, .. whole[8..]];
        Decoder.Decode(SmallFiles.WithSegment(jpeg, 0xE1, [.. "Exif\0\0"u8, .. farAway])).Dispose();
    }

    [Fact]
    public void Decode_GreyAlphaAndSixteenBit_BecomeRgb()
    {
        string[] formats = ["gray", "rgba", "rgb48be", "gray16be", "ya8", "rgba64be", "ya16be", "monob"];
        var white = new MediaBatch(
            ["-f", "lavfi", "-i", "color=c=white:size=32x16:duration=0.04"], [.. formats.Select(format => ($"{format}.png", $"-frames:v 1 -pix_fmt {format}"))]);
        foreach (var format in formats)
        {
            using var image = Decoder.DecodeFile(white[$"{format}.png"]);
            Assert.Equal((32, 16), (image.Width, image.Height));
            AssertColour(image, 5, 5, 255, 255, 255, 2);
        }

        var grey = GeneratedMedia.Make("gray.jpg", "-f", "lavfi", "-i", "color=c=gray:size=32x16:duration=0.04", "-frames:v", "1", "-pix_fmt", "gray");
        using var greyJpeg = Decoder.DecodeFile(grey);
        AssertColour(greyJpeg, 5, 5, 128, 128, 128, 4);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Decode_HalfTransparent_IsShownOnBlack(int bitDepth)
    {
        byte[] values = [200, 100, 50, 128, 10, 20, 30, 0, 200, 100, 50, 255];
        var row = bitDepth == 8 ? values : [.. values.SelectMany(value => new[] { value, value })];
        using var image = Decoder.Decode(SmallFiles.Png(3, 1, bitDepth, 6, [0, .. row]));
        AssertColour(image, 0, 0, 100, 50, 25, 1);
        AssertColour(image, 1, 0, 0, 0, 0, 0);
        AssertColour(image, 2, 0, 200, 100, 50, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_Palette_HasItsColoursAndTransparency(bool interlaced)
    {
        byte[] palette = [10, 20, 30, 200, 100, 50, 0, 0, 255];
        byte[] rows = interlaced ? SmallFiles.Adam7(8, 1, (x, _) => (byte)(x % 3)) : [0, 0, 1, 2, 0, 1, 2, 0, 1];
        using var image = Decoder.Decode(SmallFiles.Png(8, 1, 8, 3, rows, interlaced, ("PLTE", palette), ("tRNS", [255, 128])));
        for (var x = 0; x < 6; x += 3)
        {
            AssertColour(image, x, 0, 10, 20, 30, 0);
            AssertColour(image, x + 1, 0, 100, 50, 25, 1);
            AssertColour(image, x + 2, 0, 0, 0, 255, 0);
        }
    }

    [Theory]
    [InlineData("lossy.webp", "yuva420p", 0)]
    [InlineData("lossless.webp", "bgra", 1)]
    public void Decode_TransparentWebp_IsShownOnBlack(string name, string format, int lossless)
    {
        var path = GeneratedMedia.Make(
            "alpha-" + name, "-f", "lavfi", "-i", "color=c=white@0.5:size=64x32:duration=0.04,format=rgba", "-frames:v", "1", "-c:v", "libwebp",
            "-pix_fmt", format, "-lossless", lossless.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var image = Decoder.DecodeFile(path);
        Assert.Equal((64, 32), (image.Width, image.Height));
        AssertColour(image, 30, 15, 128, 128, 128, 4);
    }

    [Fact]
    public void Decode_ColourProfile_IsNotApplied()
    {
        byte[] rows = [0, 250, 20, 10, 10, 240, 30];
        using var expected = Decoder.Decode(SmallFiles.Png(2, 1, 8, 2, rows));

        // A profile with swapped primaries would show; one that is no profile at all must not matter either.
        foreach (var profile in new byte[][] { new byte[200], [1, 2, 3] })
        {
            using var packed = new MemoryStream();
            using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            {
                zlib.Write(profile);
            }

            using var image = Decoder.Decode(SmallFiles.Png(2, 1, 8, 2, rows, extra: ("iCCP", [.. "P3\0\0"u8, .. packed.ToArray()])));
            Assert.True(image.Pixels.SequenceEqual(expected.Pixels));
        }
    }

    [Fact]
    public void Decode_AnimatedWebp_IsItsFirstImage()
    {
        using var image = Decoder.DecodeFile(AnimationFile());
        Assert.Equal((64, 32), (image.Width, image.Height));
        AssertColour(image, 30, 15, 255, 0, 0, 12);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(33, 15)]
    [InlineData(7, 16)]
    [InlineData(640, 100)]
    public void Decode_AnyHeight_HasEveryRowOnce(int width, int height)
    {
        using var source = RgbImage.Allocate(width, height);
        new Random(height).NextBytes(source.Pixels);

        using var image = Decoder.Decode(ImageEncoder.EncodePng(source));

        Assert.True(image.Pixels.SequenceEqual(source.Pixels));
    }

    [Fact]
    public void Decode_MorePixelsThanAllowed_SaysBothNumbers()
    {
        var strict = new ImageDecoder(new MediaLimits { MaxPixels = 1_000 });
        foreach (var extension in new[] { "jpg", "png", "webp" })
        {
            var error = Assert.Throws<MediaLimitException>(() => strict.DecodeFile(QuadrantFile(extension)));

            Assert.Contains("160x96", error.Message, StringComparison.Ordinal);
            Assert.Contains("1,000", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_MoreBytesThanAllowed_Throws()
    {
        var strict = new ImageDecoder(new MediaLimits { MaxBytes = 1_024 });
        Assert.Throws<MediaLimitException>(() => strict.Decode(new byte[2_000]));
        Assert.Throws<MediaLimitException>(() => strict.DecodeFile(GeneratedMedia.Write("big.jpg", new byte[2_000])));
    }

    [Fact]
    public void Decode_NotAnImage_SaysWhatItIs()
    {
        var svg = """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"""u8.ToArray();
        Assert.Contains("SVG", Assert.Throws<UnsupportedMediaException>(() => Decoder.DecodeFile(GeneratedMedia.Write("drawing.jpg", svg))).Message, StringComparison.Ordinal);
        Assert.Contains("text", Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode("hello"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("GIF", Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode("GIF89a\u0001\0\u0001\0"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("MP4", Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode("\0\0\0\u0018ftypisom\0\0\u0002\0isommp41"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("0 bytes", Assert.Throws<CorruptMediaException>(() => Decoder.Decode(ReadOnlyMemory<byte>.Empty)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heic\0\0\0\0mif1heic", "HEIC", "heif-convert")]
    [InlineData("mif1\0\0\0\0mif1heic", "HEIC", "heif-convert")]
    [InlineData("msf1\0\0\0\0hevcmsf1", "HEIC", "heif-convert")]
    [InlineData("mif1\0\0\0\0avifmif1", "AVIF", "ffmpeg")]
    [InlineData("avif\0\0\0\0avifmif1", "AVIF", "ffmpeg")]
    public void Decode_HeicAndAvif_AreNamedWithHowToConvert(string brands, string name, string program)
    {
        byte[] file = [0, 0, 0, 24, .. "ftyp"u8, .. System.Text.Encoding.ASCII.GetBytes(brands), 0, 0, 0, 8, .. "meta"u8];
        var error = Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode(file));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
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
    internal static string QuadrantFile(string extension) => Quadrants[$"quadrants.{extension}"];

    /// <summary>Three images, the first all red.</summary>
    internal static string AnimationFile() => GeneratedMedia.Make(
        "animation.webp", "-f", "lavfi", "-i", "color=red:size=64x32:rate=10:d=0.1", "-f", "lavfi", "-i", "testsrc=size=64x32:rate=10:d=0.2",
        "-filter_complex", "[0]format=yuv420p[a];[1]format=yuv420p[b];[a][b]concat=n=2:v=1", "-c:v", "libwebp_anim");

    internal static byte[] Jpeg(string kind) => (byte[])typeof(SmallFiles).GetProperty(kind)!.GetValue(null)!;

    private static (string Name, byte[] Data) Image(byte[] simpleWebp) =>
        (System.Text.Encoding.ASCII.GetString(simpleWebp, 12, 4), simpleWebp[20..(20 + BitConverter.ToInt32(simpleWebp, 16))]);

    private static void AssertColour(RgbImage image, int x, int y, int red, int green, int blue, int tolerance)
    {
        var pixel = image.Row(y).Slice(x * 3, 3);
        Assert.InRange(pixel[0], red - tolerance, red + tolerance);
        Assert.InRange(pixel[1], green - tolerance, green + tolerance);
        Assert.InRange(pixel[2], blue - tolerance, blue + tolerance);
    }
}
