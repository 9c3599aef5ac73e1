using System.Numerics;
using FaceVoice.Inference.Faces.Alignment;
using FaceVoice.Inference.Faces.Imaging;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces;

/// <summary>Cuts a face out so that its eyes, nose and mouth lie where face encoders expect them. Thread-safe.</summary>
/// <remarks>
/// Least-squares similarity (rotation, scale, shift; no reflection) from the five points to the usual ArcFace template for 112×112, bilinear,
/// black outside the image; faces more than twice as fine as the crop are averaged down first.
/// </remarks>
public static class FaceAligner
{
    /// <summary>The side of an aligned face, in pixels.</summary>
    public const int Size = 112;

    private static readonly Vector2[] Template =
    [
        new(38.2946f, 51.6963f), new(73.5318f, 51.5014f), new(56.0252f, 71.7366f), new(41.5493f, 92.3655f), new(70.7299f, 92.2041f),
    ];

    /// <summary>Cuts out one face.</summary>
    /// <param name="image">The picture that the landmarks were found in.</param>
    /// <param name="landmarks">The five points, in pixels of <paramref name="image"/>.</param>
    /// <returns>A new <see cref="Size"/> × <see cref="Size"/> image; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The points fall together or are not finite.</exception>
    public static RgbImage Align(RgbImage image, FaceLandmarks landmarks)
    {
        ArgumentNullException.ThrowIfNull(image);
        Span<Vector2> points = stackalloc Vector2[5];
        landmarks.CopyTo(points);
        if (!landmarks.IsFinite || !Matrix3x2.Invert(SimilarityFit.Fit(points, Template), out var toImage))
        {
            throw new ArgumentException("The five points of a face must be finite and apart from one another.", nameof(landmarks));
        }

        var aligned = RgbImage.Allocate(Size, Size);
        AffineSampler.Sample(image, toImage, aligned);
        return aligned;
    }
}
