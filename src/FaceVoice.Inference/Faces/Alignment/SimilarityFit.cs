using System.Numerics;

namespace FaceVoice.Inference.Faces.Alignment;

/// <summary>
/// The rotation, uniform scale and shift that carries one set of points onto another with the least squared error; never a reflection.
/// </summary>
/// <remarks>Closed form: with points as complex numbers about their means, the factor is Σ q·conj(p) / Σ |p|².</remarks>
internal static class SimilarityFit
{
    public static Matrix3x2 Fit(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to)
    {
        Vector2 fromMean = Mean(from), toMean = Mean(to);
        double real = 0, imaginary = 0, power = 0;
        for (var i = 0; i < from.Length; i++)
        {
            Vector2 p = from[i] - fromMean, q = to[i] - toMean;
            real += (p.X * q.X) + (p.Y * q.Y);
            imaginary += (p.X * q.Y) - (p.Y * q.X);
            power += p.LengthSquared();
        }

        if (!(power > 0))
        {
            return default;
        }

        var a = (float)(real / power);
        var b = (float)(imaginary / power);
        return new Matrix3x2(
            a, b, -b, a, toMean.X - ((a * fromMean.X) - (b * fromMean.Y)), toMean.Y - ((b * fromMean.X) + (a * fromMean.Y)));
    }

    private static Vector2 Mean(ReadOnlySpan<Vector2> points)
    {
        var sum = Vector2.Zero;
        foreach (var point in points)
        {
            sum += point;
        }

        return sum / points.Length;
    }
}
