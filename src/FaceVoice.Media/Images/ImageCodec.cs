using System.Buffers;
using System.Runtime.InteropServices;
using FaceVoice.Media.Signatures;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceVoice.Media.Images;

/// <summary>
/// ImageSharp, confined: three decoders without their metadata, one thread, memory within a budget, nothing that was not walked first.
/// </summary>
internal static class ImageCodec
{
    /// <summary>Pixels, coefficients and half-way pixels of the most wasteful kind, a four-component progressive JPEG.</summary>
    private const int BudgetPerPixel = 16;

    /// <summary>What no pixel count explains: rows, tables, blocks that reach over the edges.</summary>
    private const int BudgetPerImage = 24 << 20;

    private static readonly JpegDecoder Jpeg = new() { IgnoreMetadata = true };
    private static readonly PngDecoder Png = new() { IgnoreMetadata = true };
    private static readonly WebpDecoder Webp = new() { IgnoreMetadata = true };

    private static readonly Configuration Shared =
        new(new JpegConfigurationModule(), new PngConfigurationModule(), new WebpConfigurationModule())
        {
            MaxDegreeOfParallelism = 1,
            PreferContiguousImageBuffers = true,
            MemoryAllocator = new PooledAllocator(long.MaxValue),
        };

    /// <summary>Adobe's segment with the transform 0: the components are not to be converted.</summary>
    private static ReadOnlySpan<byte> RgbMarker => [0xFF, 0xEE, 0, 14, (byte)'A', (byte)'d', (byte)'o', (byte)'b', (byte)'e', 0, 100, 0, 0, 0, 0, 0];

    public static RgbImage Decode(ReadOnlyMemory<byte> encoded, MediaKind kind, long maxPixels)
    {
        var file = ImageFile.Open(encoded, kind, maxPixels);
        var allocator = new PooledAllocator(((long)BudgetPerPixel * file.Width * file.Height) + (2L * file.Data.Length) + BudgetPerImage);
        var configuration = Shared.Clone();
        configuration.MemoryAllocator = allocator;
        if (file.Chroma is { } chroma)
        {
            return Orientation.Undo(DecodeHalved(configuration, allocator, file, chroma, kind), file.Orientation);
        }

        IImageDecoder decoder = kind == MediaSignature.Jpeg ? Jpeg : kind == MediaSignature.Png ? Png : Webp;
        var image = file.HasAlpha
            ? OnBlack(Decode<Rgba32>(decoder, configuration, file, file.Data, kind))
            : Take(Decode<Rgb24>(decoder, configuration, file, file.Data, kind), allocator);
        return Orientation.Undo(image, file.Orientation);
    }

    public static byte[] EncodeJpeg(RgbImage image, int quality) => Encode(image, new JpegEncoder
    {
        Quality = quality,
        ColorType = quality >= 90 ? JpegColorType.YCbCrRatio444 : JpegColorType.YCbCrRatio420,
    });

    public static byte[] EncodePng(RgbImage image) => Encode(image, new PngEncoder { ColorType = PngColorType.Rgb, BitDepth = PngBitDepth.Bit8 });

    /// <summary>The components as they are, for the decoder is told that they are RGB; then RGB of them.</summary>
    private static RgbImage DecodeHalved(Configuration configuration, PooledAllocator allocator, ImageFile file, HalvedChroma chroma, MediaKind kind)
    {
        var marked = ArrayPool<byte>.Shared.Rent(file.Data.Length + RgbMarker.Length);
        try
        {
            var data = file.Data.Span;
            data[..chroma.FramePosition].CopyTo(marked);
            RgbMarker.CopyTo(marked.AsSpan(chroma.FramePosition));
            data[chroma.FramePosition..].CopyTo(marked.AsSpan(chroma.FramePosition + RgbMarker.Length));
            var image = Take(Decode<Rgb24>(Jpeg, configuration, file, marked.AsMemory(0, data.Length + RgbMarker.Length), kind), allocator);
            YccImage.ToRgb(image.Pixels, image.Width, image.Height, chroma.IsHalvedDown);
            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(marked);
        }
    }

    private static Image<T> Decode<T>(IImageDecoder decoder, Configuration configuration, ImageFile file, ReadOnlyMemory<byte> data, MediaKind kind)
        where T : unmanaged, IPixel<T>
    {
        Image<T> image;
        try
        {
            using var stream = MemoryMarshal.TryGetArray(data, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(data.ToArray(), writable: false);
            image = decoder.Decode<T>(configuration, stream, CancellationToken.None);
        }
        catch (NotSupportedException error)
        {
            throw new UnsupportedMediaException($"The {kind.Name} is of a kind that is not read ({error.Message}).", error);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or InvalidMediaException))
        {
            // Anything: decoders meet what nobody thought of with the exception that the runtime happens to throw.
            throw new CorruptMediaException($"The {kind.Name} is damaged ({error.Message}).", error);
        }

        if (image.Width != file.Width || image.Height != file.Height)
        {
            image.Dispose();
            throw new CorruptMediaException($"The {kind.Name} is damaged: its header says {file.Width}x{file.Height} pixels, its data {image.Width}x{image.Height}.");
        }

        return image;
    }

    /// <summary>The pixels where they are; the image is disposed.</summary>
    private static RgbImage Take(Image<Rgb24> image, PooledAllocator allocator)
    {
        using (image)
        {
            var pixels = PixelsOf(image).Span;
            return allocator.Detach(pixels) is { } array
                ? RgbImage.FromPool(image.Width, image.Height, array)
                : RgbImage.FromPixels(image.Width, image.Height, MemoryMarshal.AsBytes(pixels));
        }
    }

    /// <summary>Each pixel by its share of light, as over black; the image is disposed.</summary>
    /// <remarks>ImageSharp's <c>BackgroundColor</c> and a change of pixel format take three times as long.</remarks>
    private static RgbImage OnBlack(Image<Rgba32> image)
    {
        using (image)
        {
            var opaque = RgbImage.Allocate(image.Width, image.Height);
            var target = MemoryMarshal.Cast<byte, Rgb24>(opaque.Pixels);
            ReadOnlySpan<Rgba32> source = PixelsOf(image).Span;
            for (var i = 0; i < target.Length; i++)
            {
                var pixel = source[i];
                target[i] = pixel.A == byte.MaxValue ? pixel.Rgb : new Rgb24(Share(pixel.R, pixel.A), Share(pixel.G, pixel.A), Share(pixel.B, pixel.A));
            }

            return opaque;
        }

        static byte Share(byte value, byte alpha) => (byte)(((value * alpha) + 127) / 255);
    }

    private static Memory<T> PixelsOf<T>(Image<T> image)
        where T : unmanaged, IPixel<T> =>
        image.DangerousTryGetSinglePixelMemory(out var memory) ? memory : throw new InvalidOperationException("The pixels are in several pieces.");

    private static byte[] Encode(RgbImage image, IImageEncoder encoder)
    {
        using var wrapped = Image.WrapMemory<Rgb24>(Shared, image.PixelMemory, image.Width, image.Height);
        using var stream = new MemoryStream();
        wrapped.Save(stream, encoder);
        return stream.ToArray();
    }
}
