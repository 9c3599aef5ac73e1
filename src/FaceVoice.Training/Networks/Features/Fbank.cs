using FaceVoice.Datasets.Spectra;

namespace FaceVoice.Training.Networks.Features;

/// <summary>
/// Log-mel features as SpeechBrain's <c>Fbank</c> computes them: waveform [batch, samples] to decibel [batch, frames, bins].
/// </summary>
/// <remarks>
/// 25 ms periodic Hamming windows every 10 ms, centred, zeros beyond the ends: <c>frames = 1 + samples / 160</c>. Power of a 400-point
/// DFT, <see cref="MelFilters"/>, <c>10 log10(max(E, 1e-10))</c>, and nothing lower than 80 dB below the row's own maximum. No dither,
/// no pre-emphasis. Computed on the input's device, by default in double precision: two correct single precision programs differ by
/// up to 1.1e-3 dB. Samples are in [-1, 1] at 16 kHz. All rows of a batch are taken whole; shorter ones go through alone.
/// </remarks>
public sealed class Fbank : Module<Tensor, Tensor>
{
    /// <summary>The sample rate, in hertz.</summary>
    public const int SampleRate = 16_000;

    /// <summary>The length of a window, in samples.</summary>
    public const int WindowLength = 400;

    /// <summary>The distance between windows, in samples.</summary>
    public const int HopLength = 160;

    /// <summary>The number of frequencies of the spectrum, 0 to 8 kHz.</summary>
    public const int FrequencyBins = WindowLength / 2 + 1;

    /// <summary>How far below the maximum a value may lie, in decibel.</summary>
    public const double DynamicRange = 80;

    /// <summary>The smallest energy.</summary>
    public const double EnergyFloor = 1e-10;

    private readonly ScalarType _precision;
    private Tensor _window;
    private Tensor _filters;

    /// <summary>Makes the filters.</summary>
    /// <param name="melBins">How many.</param>
    /// <param name="precision">In which precision to compute; the features are single precision whatever it is.</param>
    public Fbank(int melBins, ScalarType precision = ScalarType.Float64)
        : base(nameof(Fbank))
    {
        MelBins = melBins;
        _precision = precision;
        _window = Constant(MelFilters.HammingWindow(WindowLength), [WindowLength]);
        _filters = Constant(MelFilters.Matrix(melBins), [FrequencyBins, melBins]);
    }

    /// <summary>Gets the number of filters.</summary>
    public int MelBins { get; }

    /// <summary>The number of frames of a signal.</summary>
    /// <param name="samples">Its length.</param>
    public static long Frames(long samples) => 1 + samples / HopLength;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        MoveConstants(input.device);
        Tensor padded = nn.functional.pad(input.to(_precision), [WindowLength / 2, WindowLength / 2]);
        Tensor frames = padded.unfold(-1, WindowLength, HopLength) * _window;
        Tensor power = view_as_real(fft.rfft(frames)).square().sum(-1);
        Tensor decibel = power.matmul(_filters).clamp_min(EnergyFloor).log10() * 10;
        Tensor floor = decibel.flatten(1).amax(1) - DynamicRange;
        return scope.MoveToOuter(decibel.maximum(floor.view(-1, 1, 1)).@float());
    }

    /// <summary>Takes off each bin its mean over the frames ("sentence" normalisation; the variance is left alone).</summary>
    /// <param name="features">[batch, frames, bins].</param>
    public static Tensor SubtractMean(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        using Tensor mean = features.mean(1, keepdim: true);
        return features - mean;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _window.Dispose();
        _filters.Dispose();
        base.Dispose(disposing);
    }

    // No buffers: what can be computed does not belong into a state dictionary.
    private Tensor Constant(double[] values, ReadOnlySpan<long> shape)
    {
        Tensor exact = tensor(values, shape).DetachFromDisposeScope();
        if (_precision == ScalarType.Float64)
        {
            return exact;
        }

        Tensor rounded = exact.to(_precision).DetachFromDisposeScope();
        exact.Dispose();
        return rounded;
    }

    private void MoveConstants(Device device)
    {
        if (_window.device != device)
        {
            (Tensor window, Tensor filters) = (_window, _filters);
            _window = window.to(device).DetachFromDisposeScope();
            _filters = filters.to(device).DetachFromDisposeScope();
            window.Dispose();
            filters.Dispose();
        }
    }
}
