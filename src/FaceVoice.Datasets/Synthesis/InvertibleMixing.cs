using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Datasets.Synthesis;

/// <summary>Spreads hidden coordinates over a feature vector without losing any.</summary>
internal sealed class InvertibleMixing
{
    private readonly float[][]? _rotation;
    private readonly float[][] _columns;

    public InvertibleMixing(FeatureMixing mixing, int latent, int dimension, RandomSource random)
    {
        _rotation = mixing == FeatureMixing.NonLinear ? Orthonormal(latent, latent, random) : null;
        _columns = Orthonormal(latent, dimension, random);
    }

    public void Apply(ReadOnlySpan<float> latent, Span<float> feature)
    {
        Span<float> bent = stackalloc float[latent.Length];
        latent.CopyTo(bent);
        if (_rotation is not null)
        {
            for (var i = 0; i < bent.Length; i++)
            {
                bent[i] = Bend(TensorPrimitives.Dot(_rotation[i], latent));
            }
        }

        feature.Clear();
        for (var i = 0; i < bent.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(_columns[i], bent[i], feature, feature);
        }
    }

    /// <summary>Rises everywhere, with slope 0.2 far below zero and 1 far above.</summary>
    private static float Bend(float t) => (0.6f * t) + (0.4f * MathF.Sqrt(1 + (t * t)));

    /// <summary>Rows of unit length at right angles to one another (Gram and Schmidt, twice for accuracy).</summary>
    private static float[][] Orthonormal(int count, int length, RandomSource random)
    {
        var rows = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var row = new float[length];
            for (var j = 0; j < length; j++)
            {
                row[j] = (float)random.NextNormal();
            }

            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = 0; k < i; k++)
                {
                    TensorPrimitives.MultiplyAdd(rows[k], -TensorPrimitives.Dot(rows[k], row), row, row);
                }
            }

            TensorPrimitives.Divide(row, TensorPrimitives.Norm(row), row);
            rows[i] = row;
        }

        return rows;
    }
}
