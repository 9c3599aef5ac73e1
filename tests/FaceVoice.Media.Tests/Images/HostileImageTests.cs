using System.Buffers.Binary;
using System.IO.Compression;

namespace FaceVoice.Media.Tests.Images;

/// <summary>Images made to hurt: each must end in a typed error (or an image), soon, in bounded memory.</summary>
public sealed class HostileImageTests
{
    private static readonly ImageDecoder Decoder = new(new MediaLimits());

    public static TheoryData<string> WholeFiles => ["jpg", "png", "webp", "animation", nameof(SmallFiles.Progressive), nameof(SmallFiles.OneScanEach), nameof(SmallFiles.Restarts)];

    [Theory]
    [MemberData(nameof(WholeFiles))]
    public void Decode_CutOffAnywhere_IsCorrupt(string file)
    {
        var whole = Read(file);
        Decoder.Decode(whole).Dispose();
        foreach (var length in Enumerable.Range(1, 9).Select(tenth => whole.Length * tenth / 10).Concat(Enumerable.Range(0, whole.Length / 64).Select(i => 64 * i)).Append(whole.Length - 1))
        {
            var error = Assert.Throws<CorruptMediaException>(() => Decoder.Decode(length > 64 ? whole.AsMemory(0, length) : whole.AsMemory(0, 64)));
            Assert.Matches("cut off", error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(WholeFiles))]
    public void Decode_BytesBehindTheEnd_DoNotMatter(string file)
    {
        // Camera files have a second image there, downloads a line of HTML.
        using var expected = Decoder.Decode(Read(file));
        foreach (var trailing in new byte[][] { [0], "<!-- served in 3 ms -->"u8.ToArray(), Read(file), new byte[5_000] })
        {
            using var image = Decoder.Decode((byte[])[.. Read(file), .. trailing]);
            Assert.True(image.Pixels.SequenceEqual(expected.Pixels));
        }
    }

    [Fact]
    public void Decode_CutOffWithAThumbnail_IsCorruptAlthoughTheThumbnailHasAnEnd()
    {
        var jpeg = Read("jpg");
        var file = SmallFiles.WithSegment(jpeg, 0xE1, [.. "Exif\0\0"u8, .. SmallFiles.Exif(1), .. SmallFiles.Restarts]);
        Decoder.Decode(file).Dispose();
        Assert.Throws<CorruptMediaException>(() => Decoder.Decode(file.AsMemory(0, file.Length - 2)));
    }

    [Theory]
    [MemberData(nameof(WholeFiles))]
    public void Decode_FlippedBits_IsAnImageOrATypedError(string file)
    {
        var whole = Read(file);
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
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
                // Expected for many of them.
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 100)]
    [InlineData(60_000, 60_000)]
    [InlineData(40_000_000, 1)]
    [InlineData(2_000_000_000, 2_000_000_000)]
    public void Decode_PngHeaderWithAbsurdSize_IsRefusedBeforeDecoding(int width, int height)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<InvalidMediaException>(() => Decoder.Decode(Grey(width, height, new byte[64])));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 160)]
    [InlineData(96, 0)]
    [InlineData(60_000, 60_000)]
    [InlineData(65_535, 65_535)]
    [InlineData(7_000, 7_000)] // allowed, but no such image has so few bytes
    public void Decode_JpegHeaderWithAbsurdSize_IsRefused(int width, int height)
    {
        var jpeg = Read("jpg");
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        Assert.True(frame > 0);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), (ushort)width);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<InvalidMediaException>(() => Decoder.Decode(jpeg));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Decode_WebpHeaderWithAbsurdSize_IsRefusedBeforeDecoding()
    {
        byte[] lossy = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0xFF, 0x3F, 0xFF, 0x3F, .. new byte[2_000]];
        byte[] lossless = [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, .. new byte[2_000]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("16383x16383", Assert.Throws<MediaLimitException>(() => Decoder.Decode(SmallFiles.Riff(("VP8 ", lossy)))).Message, StringComparison.Ordinal);
        Assert.Contains("16384x16384", Assert.Throws<MediaLimitException>(() => Decoder.Decode(SmallFiles.Riff(("VP8L", lossless)))).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Decode_PixelBomb_IsRefusedByItsHeader()
    {
        // 20,000 x 20,000 grey zeros: 400 MB of pixels in 0.4 MB of file.
        var error = Assert.Throws<MediaLimitException>(() => Decoder.Decode(Grey(20_000, 20_000, new byte[20_001 * 2_000])));
        Assert.Contains("20000x20000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_TextChunkBomb_DoesNotInflate()
    {
        // 200 MB of zeros in a compressed text chunk of a 1x1 image.
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
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decoder.Decode(SmallFiles.Png(1, 1, 8, 0, [0, 128], extra: ("zTXt", chunk))).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Decode_ExifWhereEveryTagNamesEverything_IsReadAtOnce()
    {
        var exif = new byte[65_000];
        "MM\0*\0\0\0\b"u8.CopyTo(exif);
        BinaryPrimitives.WriteUInt16BigEndian(exif.AsSpan(8), 5_400);
        for (var at = 10; at + 12 <= exif.Length; at += 12)
        {
            // Numbered tags of 64,000 bytes each, all at the start of the profile.
            BinaryPrimitives.WriteInt64BigEndian(exif.AsSpan(at), ((long)(0x8000 + (at / 12)) << 48) | (1L << 32) | 64_000);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Decoder.Decode(SmallFiles.WithSegment(Read("jpg"), 0xE1, [.. "Exif\0\0"u8, .. exif])).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task Decode_InterlacedPngWithTooFewRows_IsCorrupt() => await Task.Run(
        () =>
        {
            var rows = new byte[64 * 3 * 64 / 2]; // half of what is needed; the decoder would wait for the rest for ever
            var error = Assert.Throws<CorruptMediaException>(() => Decoder.Decode(SmallFiles.Png(64, 64, 8, 2, rows, interlaced: true)));
            Assert.Contains("64x64", error.Message, StringComparison.Ordinal);
        },
        TestContext.Current.CancellationToken);

    [Fact]
    public void Decode_InterlacedPngWithColoursBeyondItsPalette_ReadsNoOtherMemory()
    {
        // One colour in the palette, pixels that name the last of 256; in passes 1, 2, 4 and 6.
        byte[] rows = [0, 255, 0, 255, 0, 255, 255, 0, 255, 255, 255, 255];
        using var image = Decoder.Decode(SmallFiles.Png(8, 1, 8, 3, rows, interlaced: true, ("PLTE", [1, 2, 3])));
        Assert.All(image.Pixels.ToArray(), value => Assert.Equal(0, value));
        Assert.Throws<CorruptMediaException>(() => Decoder.Decode(SmallFiles.Png(8, 1, 8, 3, rows, interlaced: true)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Decode_InterlacedPngOfEachSmallSize_EndsWithItsPixelsOrIsRefused() => await Task.Run(
        () =>
        {
            // A pass without columns makes the decoder lose count; it would wait for ever.
            for (var width = 1; width < 12; width++)
            {
                for (var height = 1; height < 12; height++)
                {
                    var file = SmallFiles.Png(width, height, 8, 0, SmallFiles.Adam7(width, height, (x, y) => (byte)((16 * y) + x)), interlaced: true);
                    if (width < 5)
                    {
                        Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode(file));
                        continue;
                    }

                    using var image = Decoder.Decode(file);
                    Assert.All(Enumerable.Range(0, width * height), i => Assert.Equal((16 * (i / width)) + (i % width), image.Pixels[3 * i]));
                }
            }
        },
        TestContext.Current.CancellationToken);

    [Fact]
    public void Decode_PngChunksOutOfOrder_AreCorrupt()
    {
        var header = SmallFiles.Header(2, 1, 8, 0);
        var data = Deflated([0, 1, 2]);
        (string, byte[])[][] files =
        [
            [("IHDR", header), ("IHDR", SmallFiles.Header(20_000, 1, 8, 0)), ("IDAT", data), ("IEND", [])],
            [("IDAT", data), ("IHDR", header), ("IEND", [])],
            [("IHDR", header), ("IDAT", data), ("tEXt", [1]), ("IDAT", data), ("IEND", [])],
            [("IHDR", header), ("IDAT", data[..4]), ("IDAT", []), ("IDAT", data[4..]), ("IEND", [])],
            [("IHDR", header), ("IDAT", data), ("PLTE", [1, 2, 3]), ("IEND", [])],
            [("IHDR", header), ("PLTE", [1, 2]), ("IDAT", data), ("IEND", [])],
            [("IHDR", header), ("IEND", [])],
            [("IHDR", header[..12]), ("IDAT", data), ("IEND", [])],
        ];
        Decoder.Decode(SmallFiles.Chunks(("IHDR", header), ("IDAT", data[..4]), ("IDAT", data[4..]), ("IEND", []))).Dispose();
        Assert.All(files, chunks => Assert.Throws<CorruptMediaException>(() => Decoder.Decode(SmallFiles.Chunks(chunks))));
    }

    [Fact]
    public void Decode_JpegWithThousandsOfScans_IsRefused()
    {
        // Each costs the decoder a walk over the whole image, for ten bytes of file.
        var jpeg = SmallFiles.Progressive;
        var scan = jpeg.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        byte[] file = [.. jpeg[..scan], .. Enumerable.Repeat(jpeg[scan..^2], 5_000).SelectMany(bytes => bytes), 0xFF, 0xD9];
        Assert.Contains("scans", Assert.Throws<MediaLimitException>(() => Decoder.Decode(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_JpegThatIsNotRead_SaysWhy()
    {
        Assert.Contains("arithmetic", Unsupported(SmallFiles.Arithmetic), StringComparison.Ordinal);
        Assert.Contains("jpegtran", Unsupported(SmallFiles.Arithmetic), StringComparison.Ordinal);
        Assert.Contains("Adobe", Unsupported([.. SmallFiles.Cmyk[..2], .. SmallFiles.Cmyk[18..]]), StringComparison.Ordinal);
        var lossless = SmallFiles.Restarts;
        lossless[lossless.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) + 1] = 0xC3;
        Assert.Contains("lossless", Unsupported(lossless), StringComparison.Ordinal);

        static string Unsupported(byte[] file) => Assert.Throws<UnsupportedMediaException>(() => Decoder.Decode(file)).Message;
    }

    [Theory]
    [InlineData(0xDB)] // quantization tables
    [InlineData(0xC4)] // Huffman tables
    public void Decode_JpegWithoutItsTables_IsCorruptAndNotGrey(int marker)
    {
        var jpeg = SmallFiles.Restarts;
        while (jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)marker]) is var at and >= 0)
        {
            jpeg = [.. jpeg[..at], .. jpeg[(at + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2)))..]];
        }

        Assert.Contains("table", Assert.Throws<CorruptMediaException>(() => Decoder.Decode(jpeg)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_JpegWithoutOneOfItsComponents_IsCorrupt()
    {
        var jpeg = SmallFiles.OneScanEach;
        var last = jpeg.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        Assert.Throws<CorruptMediaException>(() => Decoder.Decode((byte[])[.. jpeg[..last], 0xFF, 0xD9]));
    }

    [Fact]
    public void Decode_WebpChunksThatDoNotFit_AreCorrupt()
    {
        var image = Read("webp");
        byte[] data = image[20..(20 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(16)))];
        byte[] extension = [0, 0, 0, 0, 159, 0, 0, 95, 0, 0];
        byte[] tooLong = SmallFiles.Riff("JUNK", new byte[16]);
        BinaryPrimitives.WriteUInt32LittleEndian(tooLong.AsSpan(4), 0xFFFF_FFF8);
        byte[] frame = [.. new byte[16], .. SmallFiles.Riff("VP8 ", data)];
        byte[][] files =
        [
            SmallFiles.Riff(("VP8X", extension), ("EXIF", [1])),
            SmallFiles.Riff(("VP8X", extension), ("VP8 ", data), ("VP8 ", data)),
            SmallFiles.Riff(("VP8X", extension), ("ANMF", new byte[3])),
            SmallFiles.Riff(("VP8X", extension), ("ANMF", [.. new byte[16], .. SmallFiles.Riff("ANMF", frame)])),
            SmallFiles.Riff(("VP8 ", new byte[30])),
            SmallFiles.Riff(("VP8L", new byte[30])),
            SmallFiles.Riff(("VP8X", extension), ("ICCP", tooLong[..20]), ("VP8 ", data[..5])),
            [.. "RIFF\u0010\0\0\0WEBP"u8, .. tooLong],
            [.. "RIFF\0\0\0\0WEBP"u8, .. SmallFiles.Riff("VP8 ", data)],
        ];
        Decoder.Decode(SmallFiles.Riff(("VP8X", extension), ("ANMF", frame))).Dispose();
        Assert.All(files, file => Assert.Throws<CorruptMediaException>(() => Decoder.Decode(file)));
    }

    [Fact]
    public void Decode_LosslessWebpWithTablesForManyImages_IsRefused()
    {
        // 65,536 groups of prefix codes in 160 kB, for one block of pixels each: the decoder would take 1.4 GB.
        var bits = new BitWriter();
        bits.Write(0x2F, 8);
        bits.Write(99, 14);
        bits.Write(99, 14);
        bits.Write(0, 1 + 3); // opaque; version
        bits.Write(0b100, 3); // no transform, no colour cache, several groups
        bits.Write(0, 3 + 1); // in blocks of 4x4, whose image of group numbers has no colour cache
        foreach (var symbol in new[] { 255, 255, 0, 0, 0 })
        {
            bits.Write(0b101, 3); // one symbol of eight bits
            bits.Write(symbol, 8);
        }

        for (var i = 0; i < 5 * 65_536; i++)
        {
            bits.Write(0b0001, 4); // one symbol, the first
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<MediaLimitException>(() => Decoder.Decode(SmallFiles.Riff(("VP8L", bits.ToArray()))));
        Assert.Contains("65536 groups", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData("0", 64, 48)]
    [InlineData("40", 301, 203)]
    [InlineData("100", 640, 480)]
    public void Decode_LosslessWebpOfRealEncoders_IsNotRefused(string effort, int width, int height)
    {
        // The source makes halved chroma, so even sizes.
        var source = $"testsrc2=size=640x480:duration=0.04,format=bgra,crop={width}:{height}";
        var path = GeneratedMedia.Make(
            $"lossless-{effort}.webp", "-f", "lavfi", "-i", source, "-frames:v", "1", "-c:v", "libwebp",
            "-pix_fmt", "bgra", "-lossless", "1", "-quality", effort);
        using var image = Decoder.DecodeFile(path);
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(400)]
    public void Decode_JpegWhoseDataEndEarly_ShowsNothingOfOtherImages(int width)
    {
        const int height = 256;
        using var noise = RgbImage.Allocate(width, height);
        new Random(1).NextBytes(noise.Pixels);
        var whole = ImageEncoder.EncodeJpeg(noise, 85); // halved chroma
        byte[] half = [.. whole[..(whole.Length / 2)], 0xFF, 0xD9];
        using var expected = Decoder.Decode(half);
        var last = expected.Row(height - 1).ToArray();
        Assert.All(Enumerable.Range(0, width), x => Assert.Equal(last[..3], last[(3 * x)..(3 * (x + 1))])); // never written

        for (var round = 0; round < 5; round++)
        {
            Decoder.Decode(whole).Dispose(); // leaves its pixels in the pool
            using var again = Decoder.Decode(half);
            Assert.True(again.Pixels.SequenceEqual(expected.Pixels));
        }
    }

    private static byte[] Read(string file) => file switch
    {
        "animation" => File.ReadAllBytes(ImageDecoderTests.AnimationFile()),
        "jpg" or "png" or "webp" => File.ReadAllBytes(ImageDecoderTests.QuadrantFile(file)),
        _ => ImageDecoderTests.Jpeg(file),
    };

    private static byte[] Grey(int width, int height, byte[] rows) => SmallFiles.Png(width, height, 8, 0, rows);

    private static byte[] Deflated(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Bits from the lowest of each byte on.</summary>
    private sealed class BitWriter
    {
        private readonly List<bool> _bits = [];

        public void Write(int value, int count)
        {
            for (var i = 0; i < count; i++)
            {
                _bits.Add((value >> i & 1) != 0);
            }
        }

        public byte[] ToArray()
        {
            var bytes = new byte[(_bits.Count / 8) + 64];
            for (var i = 0; i < _bits.Count; i++)
            {
                bytes[i / 8] |= (byte)(_bits[i] ? 1 << (i % 8) : 0);
            }

            return bytes;
        }
    }
}
