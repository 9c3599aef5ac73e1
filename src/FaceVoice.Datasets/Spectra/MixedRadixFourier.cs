using System.Runtime.Intrinsics;

namespace FaceVoice.Datasets.Spectra;

/// <summary>
/// Complex discrete Fourier transforms of lengths 2^a 5^b, eight at a time: lane <c>l</c> of every vector belongs to transform <c>l</c>.
/// Self-sorting decimation in frequency (Stockham; see Van Loan, "Computational Frameworks for the FFT", 1992). Immutable, so thread-safe.
/// </summary>
internal sealed class MixedRadixFourier
{
    private readonly (int Radix, int Length, int Stride, float[] Cosines, float[] Sines)[] _passes;

    public MixedRadixFourier(int length)
    {
        Length = length;
        var passes = new List<(int, int, int, float[], float[])>();
        for (var (n, stride) = (length, 1); n > 1;)
        {
            var radix = n % 5 == 0 ? 5 : n % 4 == 0 ? 4 : 2;
            if (n % radix != 0)
            {
                throw new ArgumentOutOfRangeException(nameof(length), length, "Only products of 2 and 5.");
            }

            var (cosines, sines) = (new float[n], new float[n]);
            for (var i = 0; i < n; i++)
            {
                (var sine, var cosine) = Math.SinCos(-2 * Math.PI * i / n);
                (cosines[i], sines[i]) = ((float)cosine, (float)sine);
            }

            passes.Add((radix, n, stride, cosines, sines));
            n /= radix;
            stride *= radix;
        }

        _passes = [.. passes];
    }

    public int Length { get; }

    /// <summary>Transforms; the result is where the returned value says.</summary>
    /// <param name="re">Real parts, <see cref="Length"/> vectors.</param>
    /// <param name="im">Imaginary parts.</param>
    /// <param name="re2">As long; scratch.</param>
    /// <param name="im2">As long; scratch.</param>
    /// <returns>True where the result is in the second pair of buffers.</returns>
    public bool Transform(Span<Vector256<float>> re, Span<Vector256<float>> im, Span<Vector256<float>> re2, Span<Vector256<float>> im2)
    {
        var swapped = false;
        foreach (var (radix, n, stride, cosines, sines) in _passes)
        {
            var m = n / radix;
            for (var p = 0; p < m; p++)
            {
                for (var q = 0; q < stride; q++)
                {
                    var (from, to) = (q + (stride * p), q + (stride * radix * p));
                    switch (radix)
                    {
                        case 5:
                            Five(re, im, re2, im2, from, stride * m, to, stride, cosines, sines, p);
                            break;
                        case 4:
                            Four(re, im, re2, im2, from, stride * m, to, stride, cosines, sines, p);
                            break;
                        default:
                            Two(re, im, re2, im2, from, stride * m, to, stride, cosines, sines, p);
                            break;
                    }
                }
            }

            var free = re;
            re = re2;
            re2 = free;
            free = im;
            im = im2;
            im2 = free;
            swapped = !swapped;
        }

        return swapped;
    }

    private static void Two(
        Span<Vector256<float>> re, Span<Vector256<float>> im, Span<Vector256<float>> re2, Span<Vector256<float>> im2,
        int from, int step, int to, int stride, float[] cosines, float[] sines, int p)
    {
        var (ar, ai, br, bi) = (re[from], im[from], re[from + step], im[from + step]);
        (re2[to], im2[to]) = (ar + br, ai + bi);
        Turn(re2, im2, to + stride, ar - br, ai - bi, cosines[p], sines[p]);
    }

    private static void Four(
        Span<Vector256<float>> re, Span<Vector256<float>> im, Span<Vector256<float>> re2, Span<Vector256<float>> im2,
        int from, int step, int to, int stride, float[] cosines, float[] sines, int p)
    {
        var (ar, ai) = (re[from], im[from]);
        var (br, bi) = (re[from + step], im[from + step]);
        var (cr, ci) = (re[from + (2 * step)], im[from + (2 * step)]);
        var (dr, di) = (re[from + (3 * step)], im[from + (3 * step)]);
        var (sr, si, tr, ti) = (ar + cr, ai + ci, br + dr, bi + di);
        var (ur, ui, vr, vi) = (ar - cr, ai - ci, br - dr, bi - di);
        (re2[to], im2[to]) = (sr + tr, si + ti);
        Turn(re2, im2, to + stride, ur + vi, ui - vr, cosines[p], sines[p]);
        Turn(re2, im2, to + (2 * stride), sr - tr, si - ti, cosines[2 * p], sines[2 * p]);
        Turn(re2, im2, to + (3 * stride), ur - vi, ui + vr, cosines[3 * p], sines[3 * p]);
    }

    private static void Five(
        Span<Vector256<float>> re, Span<Vector256<float>> im, Span<Vector256<float>> re2, Span<Vector256<float>> im2,
        int from, int step, int to, int stride, float[] cosines, float[] sines, int p)
    {
        const float C1 = 0.30901699437494745f, C2 = -0.8090169943749475f, S1 = 0.9510565162951535f, S2 = 0.5877852522924731f;
        var (ar, ai) = (re[from], im[from]);
        var (r1, i1) = (re[from + step] + re[from + (4 * step)], im[from + step] + im[from + (4 * step)]);
        var (r4, i4) = (re[from + step] - re[from + (4 * step)], im[from + step] - im[from + (4 * step)]);
        var (r2, i2) = (re[from + (2 * step)] + re[from + (3 * step)], im[from + (2 * step)] + im[from + (3 * step)]);
        var (r3, i3) = (re[from + (2 * step)] - re[from + (3 * step)], im[from + (2 * step)] - im[from + (3 * step)]);
        (re2[to], im2[to]) = (ar + r1 + r2, ai + i1 + i2);
        var (xr, xi) = (ar + (r1 * C1) + (r2 * C2), ai + (i1 * C1) + (i2 * C2));
        var (yr, yi) = (ar + (r1 * C2) + (r2 * C1), ai + (i1 * C2) + (i2 * C1));
        var (ur, ui) = ((r4 * S1) + (r3 * S2), (i4 * S1) + (i3 * S2));
        var (vr, vi) = ((r4 * S2) - (r3 * S1), (i4 * S2) - (i3 * S1));
        Turn(re2, im2, to + stride, xr + ui, xi - ur, cosines[p], sines[p]);
        Turn(re2, im2, to + (2 * stride), yr + vi, yi - vr, cosines[2 * p], sines[2 * p]);
        Turn(re2, im2, to + (3 * stride), yr - vi, yi + vr, cosines[3 * p], sines[3 * p]);
        Turn(re2, im2, to + (4 * stride), xr - ui, xi + ur, cosines[4 * p], sines[4 * p]);
    }

    private static void Turn(
        Span<Vector256<float>> re, Span<Vector256<float>> im, int at, Vector256<float> r, Vector256<float> i, float cosine, float sine) =>
        (re[at], im[at]) = ((r * cosine) - (i * sine), (r * sine) + (i * cosine));
}
