using System.Buffers;
using FaceVoice.Inference.Faces.Detection;
using FaceVoice.Media;

namespace FaceVoice.Inference.Faces.Alignment;

/// <summary>
/// Measures how good the picture of a face is, over the inner ellipse of the aligned crop: skin and features, no hair, no background.
/// </summary>
internal static class QualityMeter
{
    private const int Size = FaceAligner.Size;
    private const float CentreX = 56, CentreY = 66, RadiusX = 34, RadiusY = 42;
    private const int Black = 8, White = 250;

    /// <summary>For each row, the first and the last column inside the ellipse.</summary>
    private static readonly (int First, int Last)[] Rows = InnerRows();

    public static FaceQuality Measure(FaceBox face, FaceLandmarks landmarks, RgbImage aligned)
    {
        var luma = ArrayPool<byte>.Shared.Rent(Size * Size);
        try
        {
            WriteLuma(aligned.Pixels, luma);
            var (brightness, clipped) = Exposure(luma);
            var (yaw, roll) = HeadPose.Estimate(landmarks);
            return new FaceQuality
            {
                DetectionScore = face.Score,
                SizePixels = Math.Min(face.Box.Width, face.Box.Height),
                Sharpness = LaplacianVariance(luma),
                Brightness = brightness,
                ClippedShare = clipped,
                YawDegrees = yaw,
                RollDegrees = roll,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(luma);
        }
    }

    private static void WriteLuma(ReadOnlySpan<byte> pixels, Span<byte> luma)
    {
        for (int i = 0, at = 0; i < Size * Size; i++, at += 3)
        {
            luma[i] = (byte)(((77 * pixels[at]) + (150 * pixels[at + 1]) + (29 * pixels[at + 2])) >> 8);
        }
    }

    private static (float Brightness, float Clipped) Exposure(ReadOnlySpan<byte> luma)
    {
        int sum = 0, clipped = 0, count = 0;
        for (var y = 1; y < Size - 1; y++)
        {
            for (var x = Rows[y].First; x <= Rows[y].Last; x++)
            {
                var value = luma[(y * Size) + x];
                sum += value;
                clipped += value is <= Black or >= White ? 1 : 0;
                count++;
            }
        }

        return (sum / (255f * count), (float)clipped / count);
    }

    private static float LaplacianVariance(ReadOnlySpan<byte> luma)
    {
        long sum = 0, squares = 0, count = 0;
        for (var y = 1; y < Size - 1; y++)
        {
            for (var x = Rows[y].First; x <= Rows[y].Last; x++)
            {
                var at = (y * Size) + x;
                var value = luma[at - 1] + luma[at + 1] + luma[at - Size] + luma[at + Size] - (4 * luma[at]);
                sum += value;
                squares += value * value;
                count++;
            }
        }

        var mean = (double)sum / count;
        return (float)(((double)squares / count) - (mean * mean));
    }

    private static (int First, int Last)[] InnerRows()
    {
        var rows = new (int, int)[Size];
        for (var y = 0; y < Size; y++)
        {
            var relative = (y - CentreY) / RadiusY;
            var half = RadiusX * MathF.Sqrt(Math.Max(0, 1 - (relative * relative)));
            rows[y] = half > 0 ? ((int)MathF.Ceiling(CentreX - half), (int)(CentreX + half)) : (1, 0);
        }

        return rows;
    }
}
