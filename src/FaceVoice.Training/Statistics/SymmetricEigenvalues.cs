namespace FaceVoice.Training.Statistics;

/// <summary>Eigenvalues of a small symmetric matrix by Jacobi's cyclic rotations.</summary>
internal static class SymmetricEigenvalues
{
    /// <summary>Overwrites <paramref name="matrix"/> ([n, n], row-major); the eigenvalues, in no order.</summary>
    public static double[] Compute(double[] matrix, int n)
    {
        for (var sweep = 0; sweep < 30 && OffDiagonal(matrix, n) > 1e-10; sweep++)
        {
            for (var p = 0; p < n - 1; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    Rotate(matrix, n, p, q);
                }
            }
        }

        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            values[i] = matrix[(i * n) + i];
        }

        return values;
    }

    /// <summary>Weight off the diagonal relative to the whole.</summary>
    private static double OffDiagonal(double[] a, int n)
    {
        double off = 0, all = 1e-300;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var square = a[(i * n) + j] * a[(i * n) + j];
                all += square;
                off += i == j ? 0 : square;
            }
        }

        return off / all;
    }

    private static void Rotate(double[] a, int n, int p, int q)
    {
        var apq = a[(p * n) + q];
        if (Math.Abs(apq) < 1e-300)
        {
            return;
        }

        var theta = (a[(q * n) + q] - a[(p * n) + p]) / (2 * apq);
        var t = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
        {
            var (kp, kq) = (a[(k * n) + p], a[(k * n) + q]);
            a[(k * n) + p] = (c * kp) - (s * kq);
            a[(k * n) + q] = (s * kp) + (c * kq);
        }

        for (var k = 0; k < n; k++)
        {
            var (pk, qk) = (a[(p * n) + k], a[(q * n) + k]);
            a[(p * n) + k] = (c * pk) - (s * qk);
            a[(q * n) + k] = (s * pk) + (c * qk);
        }
    }
}
