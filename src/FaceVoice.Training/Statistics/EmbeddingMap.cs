using System.Numerics.Tensors;
using FaceVoice.Training.Imaging;

namespace FaceVoice.Training.Statistics;

/// <summary>Draws faces (squares) and voices (dots) of a joint space onto its principal plane, coloured by gender.</summary>
internal static class EmbeddingMap
{
    private const int Side = 480;
    private static readonly int[] FaceColors = [0xC0392B, 0x1F4E9E, 0x555555];
    private static readonly int[] VoiceColors = [0xF0A58F, 0x86B6F0, 0xAAAAAA];

    public static Raster Draw(float[] faces, float[] voices, ReadOnlySpan<int> genders, int dimension)
    {
        var raster = new Raster(Side, Side);
        float[] all = [.. faces, .. voices];
        var plane = PrincipalPlane.Project(all, dimension);
        var reach = 1e-9f;
        foreach (var value in plane)
        {
            reach = MathF.Max(reach, MathF.Abs(value));
        }

        var n = genders.Length;
        for (var i = 0; i < 2 * n; i++)
        {
            var x = (int)(Side * (0.5f + (0.48f * plane[2 * i] / reach)));
            var y = (int)(Side * (0.5f - (0.48f * plane[(2 * i) + 1] / reach)));
            var gender = Math.Min(genders[i % n], 2);
            raster.Fill(x - 1, y - 1, i < n ? 4 : 3, i < n ? 4 : 3, i < n ? FaceColors[gender] : VoiceColors[gender]);
        }

        return raster;
    }
}

/// <summary>The two directions along which rows vary most, by power iteration; enough for a map to look at.</summary>
internal static class PrincipalPlane
{
    private const int Iterations = 30;

    /// <summary>Coordinates of each row, [rows, 2], centred.</summary>
    public static float[] Project(ReadOnlySpan<float> rows, int dimension)
    {
        var n = rows.Length / dimension;
        var centred = rows.ToArray();
        var mean = new float[dimension];
        for (var i = 0; i < n; i++)
        {
            TensorPrimitives.MultiplyAdd(centred.AsSpan(i * dimension, dimension), 1f / n, mean, mean);
        }

        for (var i = 0; i < n; i++)
        {
            TensorPrimitives.Subtract(centred.AsSpan(i * dimension, dimension), mean, centred.AsSpan(i * dimension, dimension));
        }

        var first = Direction(centred, dimension, []);
        var second = Direction(centred, dimension, first);
        var plane = new float[n * 2];
        for (var i = 0; i < n; i++)
        {
            plane[2 * i] = TensorPrimitives.Dot<float>(centred.AsSpan(i * dimension, dimension), first);
            plane[(2 * i) + 1] = TensorPrimitives.Dot<float>(centred.AsSpan(i * dimension, dimension), second);
        }

        return plane;
    }

    private static float[] Direction(float[] rows, int dimension, float[] without)
    {
        var direction = new float[dimension];
        for (var d = 0; d < dimension; d++)
        {
            direction[d] = 1 + (d % 7); // any start that is not at right angles to the answer
        }

        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var next = new float[dimension];
            for (var i = 0; i < rows.Length; i += dimension)
            {
                var row = rows.AsSpan(i, dimension);
                TensorPrimitives.MultiplyAdd(row, TensorPrimitives.Dot<float>(row, direction), next, next);
            }

            if (without.Length > 0)
            {
                TensorPrimitives.MultiplyAdd(without, -TensorPrimitives.Dot<float>(without, next), next, next);
            }

            var norm = TensorPrimitives.Norm<float>(next);
            if (norm < 1e-20f || !float.IsFinite(norm))
            {
                break;
            }

            TensorPrimitives.Divide(next, norm, direction);
        }

        return direction;
    }
}
