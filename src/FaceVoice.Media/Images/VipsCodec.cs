using System.Globalization;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Images;

/// <summary>Pictures through libvips: decoding in the order header, limits, pixels; encoding.</summary>
internal static unsafe class VipsCodec
{
    // "warning" also refuses JPEG data that libjpeg would paper over with grey; "memory" keeps big pictures out of temporary files.
    private const string FailOnWarning = "fail_on=warning";

    public static RgbImage Decode(ReadOnlyMemory<byte> encoded, MediaKind kind, long maxPixels)
    {
        VipsRuntime.EnsureLoaded();
        using var pinned = encoded.Pin(); // decoding is lazy and reads from here until the pixels are out
        var opened = VipsNative.ImageFromBuffer((byte*)pinned.Pointer, (nuint)encoded.Length, FailOnWarning, "memory", 1, 0);
        if (opened == 0)
        {
            throw Damaged(kind);
        }

        using var image = new VipsImageHandle(opened);
        var (width, height) = (VipsNative.Width(opened), VipsNative.Height(opened));
        LimitChecks.Pixels(width, height, maxPixels);
        ToUprightRgb(image, kind);
        return CopyPixels(image, kind);
    }

    public static byte[] EncodeJpeg(RgbImage image, int quality) => Encode(image, (handle, out buffer, out length) =>
        VipsNative.SaveJpeg(handle, out buffer, out length, "Q", quality, "subsample-mode", quality >= 90 ? 2 : 0, 0));

    public static byte[] EncodePng(RgbImage image) => Encode(image, (handle, out buffer, out length) =>
        VipsNative.SavePng(handle, out buffer, out length, "compression", 6, 0));

    private delegate int Save(nint image, out nint buffer, out nuint length);

    private static void ToUprightRgb(VipsImageHandle image, MediaKind kind)
    {
        Step(VipsNative.AutoRotate(image.DangerousGetHandle(), out var next, 0), next);
        Step(VipsNative.ColourSpace(image.DangerousGetHandle(), out next, VipsNative.ColourSpaceSrgb, 0), next);
        if (VipsNative.HasAlpha(image.DangerousGetHandle()) != 0)
        {
            Step(VipsNative.Flatten(image.DangerousGetHandle(), out next, 0), next);
        }

        Step(VipsNative.CastToByte(image.DangerousGetHandle(), out next, 0), next);

        void Step(int status, nint result)
        {
            if (status != 0)
            {
                throw Damaged(kind);
            }

            image.Replace(result);
        }
    }

    private static RgbImage CopyPixels(VipsImageHandle image, MediaKind kind)
    {
        var handle = image.DangerousGetHandle();
        var (width, height, bands) = (VipsNative.Width(handle), VipsNative.Height(handle), VipsNative.Bands(handle));
        if (bands != RgbImage.Channels)
        {
            throw new UnsupportedMediaException($"The {kind.Name} has {bands} colour bands after conversion to RGB; 3 are needed.");
        }

        var pixels = VipsNative.WriteToMemory(handle, out var length);
        if (pixels == 0)
        {
            throw Damaged(kind);
        }

        try
        {
            return RgbImage.FromPixels(width, height, new ReadOnlySpan<byte>((void*)pixels, checked((int)length)));
        }
        finally
        {
            VipsNative.Free(pixels);
        }
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
