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

/// <summary>How bytes become a network's planes: <c>(v − Mean[c]) × Factor[c]</c>, c counted in the network's own channel order.</summary>
internal sealed class PlaneNormalization
{
    /// <summary>(v − 127) / 128, RGB planes: the detector's input.</summary>
    public static readonly PlaneNormalization FaceNetworks = new(ChannelOrder.Rgb, [127, 127, 127], [1 / 128f, 1 / 128f, 1 / 128f]);

    public PlaneNormalization(ChannelOrder order, ReadOnlySpan<float> mean, ReadOnlySpan<float> factor)
    {
        // Held by source channel (R, G, B): where each one goes and what is done to it.
        for (var source = 0; source < 3; source++)
        {
            var plane = order == ChannelOrder.Rgb ? source : 2 - source;
            Plane[source] = plane;
            Offset[source] = -mean[plane] * factor[plane];
            Factor[source] = factor[plane];
            for (var value = 0; value < 256; value++)
            {
                Table[source][value] = (value - mean[plane]) * factor[plane];
            }
        }
    }

    public int[] Plane { get; } = new int[3];

    public float[] Offset { get; } = new float[3];

    public float[] Factor { get; } = new float[3];

    /// <summary>The result of each byte value, by source channel.</summary>
    public float[][] Table { get; } = [new float[256], new float[256], new float[256]];
}
