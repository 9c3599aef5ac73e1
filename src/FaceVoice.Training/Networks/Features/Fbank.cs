using FaceVoice.Datasets.Spectra;

namespace FaceVoice.Training.Networks.Features;

/// <summary>
/// Log-mel features as SpeechBrain's <c>Fbank</c> computes them: waveform [batch, samples] to decibel [batch, frames, bins].
/// </summary>
/// <remarks>
/// 25 ms periodic Hamming windows every 10 ms, centred, zeros beyond the ends: <c>frames = 1 + samples / 160</c>. Power of a 400-point
/// DFT, <see cref="MelFilters"/>, <c>10 log10(max(E, 1e-10))</c>, and nothing lower than 80 dB below the utterance's own maximum. No dither,
/// no pre-emphasis. Samples are in [-1, 1] at 16 kHz. Two correct single precision programs differ by up to 1.1e-3 dB.
/// </remarks>
public static class Fbank
{
    /// <summary>The sample rate, in hertz.</summary>
    public const int SampleRate = 16_000;

    /// <summary>The length of a window, in samples.</summary>
    public const int WindowLength = 400;

    /// <summary>The distance between windows, in samples.</summary>
    public const int HopLength = 160;

    /// <summary>The number of frequencies of the spectrum, 0 to 8 kHz.</summary>
    public const int FrequencyBins = (WindowLength / 2) + 1;

    /// <summary>How far below the maximum a value may be, in decibel.</summary>
    public const double DynamicRange = 80;

    /// <summary>The smallest energy.</summary>
    public const double EnergyFloor = 1e-10;

    /// <summary>The number of frames of a signal.</summary>
    /// <param name="samples">Its length.</param>
    public static long Frames(long samples) => 1 + (samples / HopLength);
}
