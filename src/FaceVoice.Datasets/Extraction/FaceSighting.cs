using FaceVoice.Inference.Faces;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Extraction;

/// <summary>One face in one frame. Owns its crop.</summary>
internal sealed record FaceSighting(int Frame, double Seconds, FaceQuality Quality, float[] Embedding, RgbImage Crop) : IDisposable
{
    /// <summary>
    /// How well the crop serves: certain, sharp, frontal, large, well exposed; a product, so that one bad property is enough. In [0, 1].
    /// </summary>
    public double Fitness { get; } = Measure(Quality);

    /// <summary>By how much the frame was turned clockwise for the face to be upright, in degrees.</summary>
    public int TurnDegrees { get; init; }

    public void Dispose() => Crop.Dispose();

    private static double Measure(FaceQuality quality)
    {
        const double halfSharp = 60; // about where portraits begin to look blurred
        const double cropSide = 112;
        var frontal = Math.Cos(Math.Clamp(quality.YawDegrees, -90, 90) * Math.PI / 180);
        var sharp = quality.Sharpness / (quality.Sharpness + halfSharp);
        var large = Math.Min(1, quality.SizePixels / cropSide);
        return quality.DetectionScore * sharp * frontal * frontal * large * (1 - quality.ClippedShare);
    }
}
