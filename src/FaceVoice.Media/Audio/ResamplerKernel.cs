using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace FaceVoice.Media.Audio;

/// <summary>
/// The filter bank of one rate conversion: a Kaiser-windowed sinc, 64 zero crossings to each side, flat to 0.9 and about 100 dB down from 1.0
/// of the lower Nyquist frequency. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Rates with a small ratio have one row per phase, so nothing is approximated. Others have <see cref="InterpolatedPhases"/> rows and mix two
/// neighbours linearly, an error of about -115 dB. Source: J. O. Smith, "Digital Audio Resampling"; Kaiser's window formula.
/// </remarks>
internal sealed class ResamplerKernel
{
    private const int ZeroCrossings = 64;
    private const double Cutoff = 0.95;
    private const double KaiserBeta = 9.6;
    private const int MostExactPhases = 640;
    private const int InterpolatedPhases = 1_024;
    private static readonly int[] UsualRates = [8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];
    private static readonly ConcurrentDictionary<int, ResamplerKernel> Usual = new();
    private readonly float[] _rows;
    private readonly int _phases;
    private readonly bool _exact;

    private ResamplerKernel(int inputRate, int phases)
    {
        _phases = phases;
        _exact = phases <= MostExactPhases;
        var cutoff = Math.Min(1.0, (double)AudioClip.SampleRate / inputRate) * Cutoff;
        HalfTaps = (int)Math.Ceiling(ZeroCrossings / cutoff);
        _rows = MakeRows(_exact ? phases : InterpolatedPhases, cutoff);
    }

    /// <summary>Gets the filter's length in input samples.</summary>
    public int Taps => HalfTaps * 2;

    /// <summary>Gets half of it: the position lies after the first <c>HalfTaps - 1</c> samples and before the rest.</summary>
    public int HalfTaps { get; }

    /// <summary>The kernel for an input rate; those of usual rates are kept, odd ones made anew so that no sender can fill the memory.</summary>
    public static ResamplerKernel For(int inputRate, int phases) => UsualRates.Contains(inputRate)
        ? Usual.GetOrAdd(inputRate, rate => new ResamplerKernel(rate, phases))
        : new ResamplerKernel(inputRate, phases);

    /// <summary>One output sample at position <c>HalfTaps - 1 + phase / phases</c> of the given input samples.</summary>
    public float Apply(ReadOnlySpan<float> samples, int phase)
    {
        if (_exact)
        {
            return TensorPrimitives.Dot(samples, Row(phase));
        }

        var position = (double)phase * InterpolatedPhases / _phases;
        var row = (int)position;
        var weight = (float)(position - row);
        return ((1 - weight) * TensorPrimitives.Dot(samples, Row(row))) + (weight * TensorPrimitives.Dot(samples, Row(row + 1)));
    }

    private ReadOnlySpan<float> Row(int row) => _rows.AsSpan(row * Taps, Taps);

    /// <summary>One row more than phases, so that the last can be mixed with its neighbour; each sums to 1, so a constant stays what it is.</summary>
    private float[] MakeRows(int phases, double cutoff)
    {
        var rows = new float[(phases + 1) * Taps];
        var weights = new double[Taps];
        var window = 1 / BesselI0(KaiserBeta);
        for (var row = 0; row <= phases; row++)
        {
            var sum = 0.0;
            for (var tap = 0; tap < Taps; tap++)
            {
                var distance = tap - (HalfTaps - 1) - ((double)row / phases);
                var edge = distance / HalfTaps;
                var x = Math.PI * cutoff * distance;
                var sinc = Math.Abs(x) < 1e-9 ? 1 : Math.Sin(x) / x;
                weights[tap] = Math.Abs(edge) >= 1 ? 0 : sinc * BesselI0(KaiserBeta * Math.Sqrt(1 - (edge * edge))) * window;
                sum += weights[tap];
            }

            for (var tap = 0; tap < Taps; tap++)
            {
                rows[(row * Taps) + tap] = (float)(weights[tap] / sum);
            }
        }

        return rows;
    }

    /// <summary>Modified Bessel function of the first kind, order 0, by its power series.</summary>
    private static double BesselI0(double x)
    {
        var (sum, term, half) = (1.0, 1.0, x / 2);
        for (var k = 1; term > sum * 1e-12; k++)
        {
            term *= half / k * (half / k);
            sum += term;
        }

        return sum;
    }
}
