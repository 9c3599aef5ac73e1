using System.Numerics.Tensors;

namespace FaceVoice.Index.Embedded.Search;

/// <summary>Rounds a vector to 8 bits with one scale: <c>x ≈ scale · code</c>, codes in [-127, 127], stored as <c>code + 128</c>.</summary>
internal static class Quantizer
{
    /// <summary>The stored form of code zero.</summary>
    public const byte Zero = 128;

    /// <summary>Encodes a vector; bytes beyond its length are filled with <see cref="Zero"/>.</summary>
    /// <param name="vector">Finite, not all zero.</param>
    /// <param name="row">Receives the codes; at least as long as <paramref name="vector"/>.</param>
    /// <param name="residual">The Euclidean length of what rounding lost.</param>
    /// <returns>The scale.</returns>
    public static float Encode(ReadOnlySpan<float> vector, Span<byte> row, out float residual)
    {
        var scale = Math.Abs(TensorPrimitives.MaxMagnitude(vector)) / 127f;
        var inverse = scale > 0 ? 1f / scale : 0f;
        var lost = 0.0;
        for (var i = 0; i < vector.Length; i++)
        {
            var code = Math.Clamp((int)MathF.Round(vector[i] * inverse), -127, 127);
            row[i] = (byte)(code + Zero);
            var error = vector[i] - (code * scale);
            lost += error * error;
        }

        row[vector.Length..].Fill(Zero);
        residual = (float)Math.Sqrt(lost);
        return scale;
    }
}
