using System.Numerics;

namespace FaceVoice.Inference.Voices.Quality;

/// <summary>The discrete Fourier transform, radix 2, in place; lengths are powers of two.</summary>
internal static class FourierTransform
{
    public static void Forward(Span<Complex> values)
    {
        Permute(values);
        for (var size = 2; size <= values.Length; size *= 2)
        {
            for (var k = 0; k < size / 2; k++)
            {
                var (sin, cos) = Math.SinCos(-2 * Math.PI * k / size);
                var factor = new Complex(cos, sin);
                for (var start = k; start < values.Length; start += size)
                {
                    var odd = values[start + (size / 2)] * factor;
                    values[start + (size / 2)] = values[start] - odd;
                    values[start] += odd;
                }
            }
        }
    }

    private static void Permute(Span<Complex> values)
    {
        for (int i = 1, reversed = 0; i < values.Length; i++)
        {
            var bit = values.Length >> 1;
            while ((reversed & bit) != 0)
            {
                reversed ^= bit;
                bit >>= 1;
            }

            reversed |= bit;
            if (i < reversed)
            {
                (values[i], values[reversed]) = (values[reversed], values[i]);
            }
        }
    }
}
