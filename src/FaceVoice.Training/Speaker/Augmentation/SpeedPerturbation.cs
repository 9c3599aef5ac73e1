using System.Numerics.Tensors;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>Plays sound faster or slower, pitch and formants with it, by windowed-sinc interpolation at 64 phases. Immutable, so thread-safe.</summary>
internal sealed class SpeedPerturbation
{
    private const int Phases = 64;
    private const int Taps = 24;
    private readonly double _speed;
    private readonly float[] _kernels = new float[(Phases + 1) * Taps];

    /// <param name="speed">From 0.5 to 2; above 1 is faster and shorter.</param>
    public SpeedPerturbation(double speed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 0.5);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speed, 2);
        _speed = speed;
        var cutoff = Math.Min(1, 1 / speed) * 0.97;
        for (var phase = 0; phase <= Phases; phase++)
        {
            for (var tap = 0; tap < Taps; tap++)
            {
                var x = tap - (Taps / 2) + 1 - ((double)phase / Phases);
                var window = 0.5 + (0.5 * Math.Cos(Math.PI * x / ((Taps / 2) + 1)));
                var sinc = x == 0 ? 1 : Math.Sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
                _kernels[(phase * Taps) + tap] = (float)(cutoff * window * sinc);
            }
        }
    }

    /// <summary>The number of input samples that so many output samples need.</summary>
    public int InputLength(int outputLength) => (int)Math.Ceiling(outputLength * _speed) + Taps + 1;

    /// <summary>Resamples; the first output falls on input sample 11.</summary>
    public void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, InputLength(output.Length), nameof(input));
        for (var i = 0; i < output.Length; i++)
        {
            var position = i * _speed;
            var whole = (int)position;
            var phase = (int)(((position - whole) * Phases) + 0.5);
            output[i] = TensorPrimitives.Dot(input.Slice(whole, Taps), _kernels.AsSpan(phase * Taps, Taps));
        }
    }
}
