using FaceVoice.Media;

namespace FaceVoice.Datasets.MediaFeatures;

/// <summary>
/// Aligned faces seen slightly differently: mirrored, or shifted by a few pixels as another detection would have shifted them.
/// </summary>
internal static class FaceCrops
{
    public const int Side = 112;

    public static readonly (bool Mirror, int Dx, int Dy)[] Variants = [(true, 0, 0), (false, 3, 0), (true, -2, 3)];

    /// <summary>Moves the picture; its edge pixels fill what comes free.</summary>
    public static RgbImage Shift(RgbImage image, bool mirror, int dx, int dy)
    {
        var crop = RgbImage.Allocate(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        {
            var source = image.Row(Math.Clamp(y + dy, 0, image.Height - 1));
            var target = crop.Row(y);
            for (var x = 0; x < image.Width; x++)
            {
                var at = Math.Clamp(x + dx, 0, image.Width - 1);
                at = mirror ? image.Width - 1 - at : at;
                source.Slice(3 * at, 3).CopyTo(target[(3 * x)..]);
            }
        }

        return crop;
    }
}
