using System.Numerics;
using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;

namespace FaceVoice.Inference.Tests.Faces;

/// <summary>Pictures made by rule, and pictures changed by rule.</summary>
internal static class SyntheticImages
{
    public static RgbImage Paint(int width, int height, Func<int, int, (int Red, int Green, int Blue)> colour)
    {
        var image = RgbImage.Allocate(width, height);
        for (var y = 0; y < height; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = colour(x, y);
                (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) = ((byte)red, (byte)green, (byte)blue);
            }
        }

        return image;
    }

    public static RgbImage Noise(int width, int height, int seed)
    {
        var image = RgbImage.Allocate(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    public static RgbImage Mirror(RgbImage image) => Paint(image.Width, image.Height, (x, y) => Pixel(image, image.Width - 1 - x, y));

    public static RgbImage SideBySide(RgbImage left, RgbImage right) =>
        Paint(left.Width + right.Width, Math.Max(left.Height, right.Height), (x, y) =>
            x < left.Width ? PixelOrBlack(left, x, y) : PixelOrBlack(right, x - left.Width, y));

    public static RgbImage RotateScaleDim(RgbImage image, float degrees, float scale, float gain)
    {
        int width = (int)(image.Width * scale), height = (int)(image.Height * scale);
        var toSource = Matrix3x2.CreateTranslation(-width / 2f, -height / 2f) * Matrix3x2.CreateRotation(float.DegreesToRadians(degrees)) *
            Matrix3x2.CreateScale(1 / scale) * Matrix3x2.CreateTranslation(image.Width / 2f, image.Height / 2f);
        var changed = RgbImage.Allocate(width, height);
        AffineSampler.Sample(image, toSource, changed);
        foreach (ref var value in changed.Pixels)
        {
            value = (byte)(value * gain);
        }

        return changed;
    }

    public static (int Red, int Green, int Blue) Pixel(RgbImage image, int x, int y)
    {
        var pixel = image.Row(y).Slice(3 * x, 3);
        return (pixel[0], pixel[1], pixel[2]);
    }

    private static (int Red, int Green, int Blue) PixelOrBlack(RgbImage image, int x, int y) =>
        y < image.Height ? Pixel(image, x, y) : (0, 0, 0);
}
