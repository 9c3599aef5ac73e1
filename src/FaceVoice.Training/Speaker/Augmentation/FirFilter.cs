using System.Numerics.Tensors;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>Linear-phase filters of 63 taps by the window method (Blackman); the delay is taken out. Immutable, so thread-safe.</summary>
internal sealed class FirFilter
{
    private const int Taps = 63;
    private readonly float[] _taps;

    private FirFilter(float[] taps) => _taps = taps;

    /// <summary>Passes what lies between two frequencies, in hertz; from 0 for a low-pass.</summary>
    public static FirFilter BandPass(double low, double high)
    {
        var taps = new float[Taps];
        for (var i = 0; i < Taps; i++)
        {
            var x = (double)i / (Taps - 1);
            var window = 0.42 - (0.5 * Math.Cos(2 * Math.PI * x)) + (0.08 * Math.Cos(4 * Math.PI * x));
            var n = i - (Taps / 2);
            taps[i] = (float)(window * (LowPass(n, high) - LowPass(n, low)));
        }

        return new(taps);
    }

    public void Apply(Span<float> sound)
    {
        var padded = new float[sound.Length + Taps - 1];
        sound.CopyTo(padded.AsSpan(Taps / 2));
        sound.Clear();
        for (var i = 0; i < Taps; i++)
        {
            TensorPrimitives.MultiplyAdd(padded.AsSpan(i, sound.Length), _taps[i], sound, sound);
        }
    }

    private static double LowPass(int n, double cutoff)
    {
        var f = 2 * cutoff / 16_000;
        return n == 0 ? f : Math.Sin(Math.PI * f * n) / (Math.PI * n);
    }
}
