using System.Numerics;
using System.Runtime.InteropServices;

namespace FaceVoice.Inference.Voices.Quality;

/// <summary>
/// The sum of the power spectra of many frames, windowed after Hann. Used by one thread at a time.
/// </summary>
/// <remarks>
/// One radix-2 transform runs over as many complex signals as a vector has lanes, and each of them holds two frames, as real and imaginary
/// part: of the
/// sum of both spectra the power at bin k is (|Z(k)|² + |Z(−k)|²) / 2.
/// </remarks>
internal sealed class SpectrumSum
{
    /// <summary>The samples of a frame.</summary>
    public const int Size = VoiceActivity.FrameLength;

    private static readonly int Lanes = Vector<float>.Count;
    private static readonly float[] Window = Wave(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Size)));
    private static readonly float[] Cosine = Wave(i => Math.Cos(2 * Math.PI * i / Size));
    private static readonly float[] Sine = Wave(i => -Math.Sin(2 * Math.PI * i / Size));
    private static readonly int[] Reversed = Reversals();

    private readonly float[] _real = new float[Size * Lanes];
    private readonly float[] _imaginary = new float[Size * Lanes];
    private readonly double[] _power = new double[Size / 2];
    private int _pending;

    /// <summary>Adds the power of one frame.</summary>
    /// <param name="frame"><see cref="Size"/> samples.</param>
    public void Add(ReadOnlySpan<float> frame)
    {
        var target = _pending < Lanes ? _real : _imaginary;
        for (int i = 0, lane = _pending % Lanes; i < Size; i++)
        {
            target[(Reversed[i] * Lanes) + lane] = frame[i] * Window[i];
        }

        if (++_pending == 2 * Lanes)
        {
            Flush();
        }
    }

    /// <summary>The power of the bins below half the sample rate, summed over all frames that were added.</summary>
    public ReadOnlySpan<double> Power()
    {
        if (_pending > 0)
        {
            Flush();
        }

        return _power;
    }

    private void Flush()
    {
        var real = MemoryMarshal.Cast<float, Vector<float>>(_real.AsSpan());
        var imaginary = MemoryMarshal.Cast<float, Vector<float>>(_imaginary.AsSpan());
        Transform(real, imaginary);
        for (var bin = 0; bin < _power.Length; bin++)
        {
            var mirrored = (Size - bin) % Size;
            var power = (real[bin] * real[bin]) + (imaginary[bin] * imaginary[bin]) +
                (real[mirrored] * real[mirrored]) + (imaginary[mirrored] * imaginary[mirrored]);
            _power[bin] += 0.5 * Vector.Sum(power);
        }

        _pending = 0;
        Array.Clear(_real);
        Array.Clear(_imaginary);
    }

    private static void Transform(Span<Vector<float>> real, Span<Vector<float>> imaginary)
    {
        for (var half = 1; half < Size; half *= 2)
        {
            for (var start = 0; start < Size; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var (cosine, sine) = (new Vector<float>(Cosine[k * (Size / 2 / half)]), new Vector<float>(Sine[k * (Size / 2 / half)]));
                    var (even, odd) = (start + k, start + k + half);
                    var oddReal = (real[odd] * cosine) - (imaginary[odd] * sine);
                    var oddImaginary = (real[odd] * sine) + (imaginary[odd] * cosine);
                    (real[odd], imaginary[odd]) = (real[even] - oddReal, imaginary[even] - oddImaginary);
                    (real[even], imaginary[even]) = (real[even] + oddReal, imaginary[even] + oddImaginary);
                }
            }
        }
    }

    private static float[] Wave(Func<int, double> value) => [.. Enumerable.Range(0, Size).Select(i => (float)value(i))];

    private static int[] Reversals()
    {
        var bits = BitOperations.Log2(Size);
        return [.. Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, bits).Sum(bit => ((i >> bit) & 1) << (bits - 1 - bit)))];
    }
}
