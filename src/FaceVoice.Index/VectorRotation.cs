using System.Numerics.Tensors;
using System.Security.Cryptography;

namespace FaceVoice.Index;

/// <summary>A secret rotation of a vector space: an orthogonal matrix drawn uniformly (Haar) from a key. Keeps every cosine; thread-safe.</summary>
/// <remarks>Rows are Gaussian vectors made orthonormal one after the other (Gram–Schmidt, twice for accuracy), which gives the Haar measure.</remarks>
internal sealed class VectorRotation
{
    private readonly float[] _matrix; // [dimensions, dimensions], row-major
    private readonly float[] _transposed;

    private VectorRotation(float[] matrix, int dimensions)
    {
        (_matrix, Dimensions, _transposed) = (matrix, dimensions, new float[matrix.Length]);
        for (var i = 0; i < dimensions; i++)
        {
            for (var j = 0; j < dimensions; j++)
            {
                _transposed[(j * dimensions) + i] = matrix[(i * dimensions) + j];
            }
        }
    }

    public int Dimensions { get; }

    /// <summary>The rotation of one named vector under one key.</summary>
    public static VectorRotation FromKey(StoreKey key, string vectorName, int dimensions)
    {
        var rows = GaussianRows(key.Derive("rotation", System.Text.Encoding.UTF8.GetBytes($"{vectorName}/{dimensions}")), dimensions);
        for (var i = 0; i < dimensions; i++)
        {
            var row = rows.AsSpan(i * dimensions, dimensions);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    var other = rows.AsSpan(j * dimensions, dimensions);
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<double>(row, other), row, row);
                }
            }

            TensorPrimitives.Divide(row, TensorPrimitives.Norm<double>(row), row);
        }

        var matrix = new float[rows.Length];
        TensorPrimitives.ConvertTruncating<double, float>(rows, matrix);
        return new(matrix, dimensions);
    }

    /// <summary>Rotates a vector.</summary>
    public void Apply(ReadOnlySpan<float> vector, Span<float> rotated) => Multiply(_matrix, vector, rotated);

    /// <summary>Undoes <see cref="Apply"/>.</summary>
    public void Undo(ReadOnlySpan<float> rotated, Span<float> vector) => Multiply(_transposed, rotated, vector);

    private static void Multiply(float[] matrix, ReadOnlySpan<float> vector, Span<float> product)
    {
        for (var i = 0; i < product.Length; i++)
        {
            product[i] = TensorPrimitives.Dot(matrix.AsSpan(i * vector.Length, vector.Length), vector);
        }
    }

    /// <summary>Standard normal numbers from AES-256 in counter mode, by Box and Muller.</summary>
    private static double[] GaussianRows(byte[] seed, int dimensions)
    {
        var count = dimensions * dimensions;
        var uniform = new byte[((count + 1) / 2 * 16) + 16];
        for (var i = 0; i < uniform.Length / 16; i++)
        {
            BitConverter.TryWriteBytes(uniform.AsSpan(i * 16), (ulong)i);
        }

        using var aes = Aes.Create();
        aes.Key = seed;
        aes.EncryptEcb(uniform.AsSpan(0, uniform.Length - 16), uniform.AsSpan(0, uniform.Length - 16), PaddingMode.None);
        CryptographicOperations.ZeroMemory(seed);
        var rows = new double[count];
        for (var i = 0; i < count; i += 2)
        {
            var u = ((BitConverter.ToUInt64(uniform, i * 8) >> 11) + 1) / (double)(1UL << 53);
            var angle = (BitConverter.ToUInt64(uniform, (i * 8) + 8) >> 11) / (double)(1UL << 53) * 2 * Math.PI;
            var radius = Math.Sqrt(-2 * Math.Log(u));
            rows[i] = radius * Math.Cos(angle);
            if (i + 1 < count)
            {
                rows[i + 1] = radius * Math.Sin(angle);
            }
        }

        CryptographicOperations.ZeroMemory(uniform);
        return rows;
    }
}
