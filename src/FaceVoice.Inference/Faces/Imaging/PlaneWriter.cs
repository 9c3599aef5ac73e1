using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Imaging;

/// <summary>Turns packed bytes into a network's planes without resizing.</summary>
internal static class PlaneWriter
{
    /// <summary>Fills <c>[3, height, width]</c>.</summary>
    public static void Write(RgbImage image, PlaneNormalization normalization, Span<float> planes)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        var count = image.Width * image.Height;
        float[] red = normalization.Table[0], green = normalization.Table[1], blue = normalization.Table[2];
        var reds = planes.Slice(normalization.Plane[0] * count, count);
        var greens = planes.Slice(normalization.Plane[1] * count, count);
        var blues = planes.Slice(normalization.Plane[2] * count, count);
        var at = 0;
        for (var i = 0; i < count; i++, at += 3)
        {
            reds[i] = red[pixels[at]];
            greens[i] = green[pixels[at + 1]];
            blues[i] = blue[pixels[at + 2]];
        }
    }
}
