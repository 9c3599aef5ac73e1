using System.Buffers;
using FaceVoice.Media.Images;

namespace FaceVoice.Media;

/// <summary>An 8-bit RGB image in pooled memory. The holder disposes it; not thread-safe for writing, free to read from many threads.</summary>
/// <remarks>Layout: packed <c>R G B</c>, row-major, top row first, no padding: byte <c>(y * Width + x) * 3 + channel</c>.</remarks>
public sealed class RgbImage : IDisposable
{
    /// <summary>Bytes per pixel: red, green, blue.</summary>
    public const int Channels = 3;

    private byte[]? _buffer;

    private RgbImage(int width, int height, byte[] buffer)
    {
        Width = width;
        Height = height;
        _buffer = buffer;
    }

    /// <summary>Gets the width in pixels, at least 1.</summary>
    public int Width { get; }

    /// <summary>Gets the height in pixels, at least 1.</summary>
    public int Height { get; }

    /// <summary>Gets the number of bytes a row takes: three times <see cref="Width"/>.</summary>
    public int Stride => Width * Channels;

    /// <summary>Gets all pixels, <c>[Height, Width, 3]</c>.</summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public Span<byte> Pixels => Buffer.AsSpan(0, Stride * Height);

    /// <summary>Gets all pixels as memory, for code that keeps them across an await; valid until the image is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public Memory<byte> PixelMemory => Buffer.AsMemory(0, Stride * Height);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(RgbImage));

    /// <summary>Rents memory for a image; its pixels are undefined until they are written.</summary>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="height">Height in pixels, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the image would take 2 GiB or more.</exception>
    public static RgbImage Allocate(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var bytes = (long)width * height * Channels;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Array.MaxLength, nameof(height));
        return new RgbImage(width, height, ArrayPool<byte>.Shared.Rent((int)bytes));
    }

    /// <summary>Takes over an array of the shared pool that holds the pixels at its start.</summary>
    internal static RgbImage FromPool(int width, int height, byte[] rented) => new(width, height, rented);

    /// <summary>Copies packed RGB pixels into a new image.</summary>
    /// <param name="width">Width in pixels, 1 or more.</param>
    /// <param name="height">Height in pixels, 1 or more.</param>
    /// <param name="pixels">Exactly <c>width * height * 3</c> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another length.</exception>
    public static RgbImage FromPixels(int width, int height, ReadOnlySpan<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)width * height * Channels)
        {
            throw new ArgumentException($"{width}x{height} RGB needs {(long)width * height * Channels} bytes, got {pixels.Length}.", nameof(pixels));
        }

        var image = Allocate(width, height);
        pixels.CopyTo(image.Pixels);
        return image;
    }

    /// <summary>One row of pixels, <see cref="Stride"/> bytes.</summary>
    /// <param name="y">Row number from the top, 0 to <c>Height - 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public Span<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return Buffer.AsSpan(y * Stride, Stride);
    }

    /// <summary>A copy with its own memory.</summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public RgbImage Clone() => FromPixels(Width, Height, Pixels);

    /// <summary>A copy that is turned.</summary>
    /// <param name="degrees">Clockwise: 90, 180 or 270.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="degrees"/> is something else.</exception>
    public RgbImage Turn(int degrees) => Orientation.Copy(this, degrees switch
    {
        90 => 6,
        180 => 3,
        270 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "90, 180 or 270 degrees are needed."),
    });

    /// <summary>Gives the memory back; the pixels must not be touched afterwards. Safe to call twice.</summary>
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
