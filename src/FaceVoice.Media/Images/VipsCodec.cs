using System.Globalization;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Images;

/// <summary>Pictures through libvips: decoding in the order header, limits, pixels; encoding.</summary>
internal static unsafe class VipsCodec
{
    private const int Upright = 1;

    public static RgbImage Decode(ReadOnlyMemory<byte> encoded, MediaKind kind, long maxPixels)
    {
        VipsRuntime.EnsureLoaded();
        using var pinned = encoded.Pin(); // decoding is lazy and reads from here until the pixels are out
        var bytes = new ReadOnlySpan<byte>(pinned.Pointer, encoded.Length);

        // Row after row: no picture in the library's memory beside ours. What must be turned needs all its rows at once.
        using var image = Open(bytes, kind, "access", VipsNative.SequentialAccess);
        LimitChecks.Pixels(VipsNative.Width(image.DangerousGetHandle()), VipsNative.Height(image.DangerousGetHandle()), maxPixels);
        if (VipsNative.Orientation(image.DangerousGetHandle()) == Upright)
        {
            return Read(image, kind);
        }

        using var whole = Open(bytes, kind, "memory", 1); // "memory" keeps big pictures out of temporary files
        Step(whole, kind, VipsNative.AutoRotate(whole.DangerousGetHandle(), out var turned, 0), turned);
        return Read(whole, kind);
    }

    public static byte[] EncodeJpeg(RgbImage image, int quality) => Encode(image, (handle, out buffer, out length) =>
        VipsNative.SaveJpeg(handle, out buffer, out length, "Q", quality, "subsample-mode", quality >= 90 ? 2 : 0, 0));

    public static byte[] EncodePng(RgbImage image) => Encode(image, (handle, out buffer, out length) =>
        VipsNative.SavePng(handle, out buffer, out length, "compression", 6, 0));

    private delegate int Save(nint image, out nint buffer, out nuint length);

    private static VipsImageHandle Open(ReadOnlySpan<byte> pinned, MediaKind kind, string option, int value)
    {
        fixed (byte* bytes = pinned)
        {
            return Load(bytes, (nuint)pinned.Length, kind, option, value) is var image and not 0 ? new VipsImageHandle(image) : throw Damaged(kind);
        }
    }

    /// <summary>
    /// Straight to the loader of the kind: the library's search for one asks every loader there is, which takes longer than to decode a small picture.
    /// "Warning" also refuses JPEG data that libjpeg would paper over with grey.
    /// </summary>
    private static nint Load(byte* bytes, nuint length, MediaKind kind, string option, int value)
    {
        const string fail = "fail_on";
        const int warning = VipsNative.FailOnWarning;
        nint image;
        int status;
        if (kind == MediaSignature.Jpeg)
        {
            status = VipsNative.LoadJpeg(bytes, length, out image, fail, warning, option, value, 0);
        }
        else if (kind == MediaSignature.Png)
        {
            status = VipsNative.LoadPng(bytes, length, out image, fail, warning, option, value, 0);
        }
        else
        {
            status = VipsNative.LoadWebP(bytes, length, out image, fail, warning, option, value, 0);
        }

        return status == 0 ? image : 0;
    }

    private static RgbImage Read(VipsImageHandle image, MediaKind kind)
    {
        ToRgb(image, kind);
        var handle = image.DangerousGetHandle();
        var (width, height, bands) = (VipsNative.Width(handle), VipsNative.Height(handle), VipsNative.Bands(handle));
        if (bands != RgbImage.Channels)
        {
            throw new UnsupportedMediaException($"The {kind.Name} has {bands} colour bands after conversion to RGB; 3 are needed.");
        }

        var pixels = RgbImage.Allocate(width, height);
        try
        {
            return VipsStrips.TryRead(handle, pixels) ? pixels : throw Damaged(kind);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    private static void ToRgb(VipsImageHandle image, MediaKind kind)
    {
        var handle = image.DangerousGetHandle();
        if (VipsNative.Interpretation(handle) != VipsNative.ColourSpaceSrgb)
        {
            Step(image, kind, VipsNative.ColourSpace(handle, out var converted, VipsNative.ColourSpaceSrgb, 0), converted);
        }

        handle = image.DangerousGetHandle();
        if (VipsNative.HasAlpha(handle) != 0)
        {
            Step(image, kind, VipsNative.Flatten(handle, out var opaque, 0), opaque);
        }

        handle = image.DangerousGetHandle();
        if (VipsNative.Format(handle) != VipsNative.FormatUnsignedByte)
        {
            Step(image, kind, VipsNative.CastToByte(handle, out var bytes, 0), bytes);
        }
    }

    private static void Step(VipsImageHandle image, MediaKind kind, int status, nint result)
    {
        if (status != 0)
        {
            throw Damaged(kind);
        }

        image.Replace(result);
    }

    private static byte[] Encode(RgbImage image, Save save)
    {
        VipsRuntime.EnsureLoaded();
        using var pinned = image.PixelMemory.Pin();
        var opened = VipsNative.ImageFromMemory(
            (byte*)pinned.Pointer, (nuint)image.Pixels.Length, image.Width, image.Height, RgbImage.Channels, VipsNative.FormatUnsignedByte);
        using var handle = new VipsImageHandle(opened);
        if (opened == 0 || save(opened, out var buffer, out var length) != 0)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"libvips cannot encode a {image.Width}x{image.Height} picture: {VipsRuntime.TakeError()}."));
        }

        try
        {
            return new ReadOnlySpan<byte>((void*)buffer, checked((int)length)).ToArray();
        }
        finally
        {
            VipsNative.Free(buffer);
        }
    }

    private static CorruptMediaException Damaged(MediaKind kind)
    {
        var reason = VipsRuntime.TakeError();
        return new CorruptMediaException($"The {kind.Name} is damaged or cut off{(reason.Length == 0 ? "" : $" ({reason})")}.");
    }
}
