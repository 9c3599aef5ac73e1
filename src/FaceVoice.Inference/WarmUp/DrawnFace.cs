using System.Runtime.CompilerServices;
using FaceVoice.Media;

namespace FaceVoice.Inference.WarmUp;

/// <summary>
/// Draws the image of a face that is nobody's, good enough for the detector to see a face in it: a warm-up with it goes every step that a
/// photo goes. Of an image without a face the second half is never run, and its code is compiled while the first caller waits.
/// </summary>
public static class DrawnFace
{
    private const int Size = 256;

    /// <summary>
    /// The image as a JPEG file of 256×256 pixels: with colours in full (4:4:4) and halved (4:2:0) in turn, as the latter, which cameras
    /// write, are decoded another way.
    /// </summary>
    /// <param name="round">
    /// Another image for each round, 0 to 99, as an equal one would be answered from the cache; odd ones have halved colours.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // it runs while a server starts, before tiered compilation has looked at it
    public static byte[] Jpeg(int round)
    {
        using var image = RgbImage.Allocate(Size, Size);
        var canvas = new float[Size * Size * 3];
        for (var i = 0; i < canvas.Length; i++)
        {
            canvas[i] = 150 + round + (10 * (i % 3));
        }

        foreach (var part in Parts())
        {
            Paint(canvas, part);
        }

        for (var i = 0; i < canvas.Length; i++)
        {
            image.Pixels[i] = (byte)Math.Clamp(canvas[i], 0, 255);
        }

        return ImageEncoder.EncodeJpeg(image, round % 2 == 0 ? 90 : 89);
    }

    /// <summary>From back to front. Places and sizes are shares of the image, measured from its centre.</summary>
    private static IEnumerable<Ellipse> Parts()
    {
        yield return new(0, 0.62f, 0.42f, 0.28f, 60, 60, 90, 0.15f, 1); // shoulders
        yield return new(0, 0.32f, 0.11f, 0.2f, 185, 140, 115, 0.15f, 1); // neck
        yield return new(0, -0.08f, 0.27f, 0.34f, 50, 38, 30, 0.15f, 1); // hair
        yield return new(0, 0, 0.225f, 0.3f, 215, 172, 145, 0.1f, 1); // face
        yield return new(0, 0.08f, 0.19f, 0.21f, 225, 182, 155, 0.8f, 0.6f); // light on it
        foreach (var side in new[] { -1, 1 })
        {
            yield return new(side * 0.085f, -0.045f, 0.055f, 0.03f, 165, 120, 100, 0.6f, 0.8f); // socket
            yield return new(side * 0.085f, -0.045f, 0.038f, 0.017f, 240, 238, 235, 0.2f, 1); // eye
            yield return new(side * 0.085f, -0.045f, 0.017f, 0.017f, 45, 30, 25, 0.2f, 1); // iris
            yield return new(side * 0.085f, -0.095f, 0.055f, 0.011f, 60, 42, 32, 0.4f, 1); // brow
            yield return new(side * 0.03f, 0.075f, 0.013f, 0.009f, 120, 75, 65, 0.5f, 1); // nostril
            yield return new(side * 0.12f, 0.07f, 0.05f, 0.05f, 225, 150, 130, 1, 0.5f); // cheek
        }

        yield return new(0, 0.02f, 0.018f, 0.07f, 235, 195, 170, 0.8f, 0.7f); // bridge of the nose
        yield return new(0, 0.065f, 0.04f, 0.02f, 195, 145, 120, 0.9f, 0.6f); // its shadow
        yield return new(0, 0.15f, 0.075f, 0.024f, 170, 80, 80, 0.4f, 1); // lips
        yield return new(0, 0.148f, 0.07f, 0.005f, 110, 45, 45, 0.4f, 1); // between them
        yield return new(0, 0.255f, 0.06f, 0.03f, 200, 155, 130, 0.9f, 0.5f); // chin
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Paint(float[] canvas, Ellipse part)
    {
        var reach = 1 + (part.Softness / 2); // in radii; beyond it nothing is covered
        var (left, right) = Span(part.X, part.Width * reach);
        var (top, bottom) = Span(part.Y, part.Height * reach);
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var (u, v) = ((((float)x / Size) - 0.5f - part.X) / part.Width, (((float)y / Size) - 0.5f - part.Y) / part.Height);
                var cover = part.Strength * Math.Clamp(((1 - MathF.Sqrt((u * u) + (v * v))) / part.Softness) + 0.5f, 0, 1);
                var at = ((y * Size) + x) * 3;
                canvas[at] += cover * (part.Red - canvas[at]);
                canvas[at + 1] += cover * (part.Green - canvas[at + 1]);
                canvas[at + 2] += cover * (part.Blue - canvas[at + 2]);
            }
        }
    }

    private static (int From, int To) Span(float centre, float radius) =>
        (Math.Max(0, (int)((centre - radius + 0.5f) * Size) - 1), Math.Min(Size, (int)((centre + radius + 0.5f) * Size) + 2));

    private readonly record struct Ellipse(
        float X, float Y, float Width, float Height, float Red, float Green, float Blue, float Softness, float Strength);
}
