using FaceVoice.Media;

namespace FaceVoice.Datasets.Spectra;

/// <summary>
/// SpeechBrain's triangular filters over a 400-point spectrum at 16 kHz: equally spaced in mel, each symmetric in hertz with the distance
/// to its
/// <em>lower</em> neighbour as half width on both sides, peak 1. (The usual mel triangle reaches to the next centre on the upper side; this
/// one does not.)
/// </summary>
/// <remarks>Computed in double precision. <c>mel(f) = 2595 log10(1 + f / 700)</c>.</remarks>
public static class MelFilters
{
    /// <summary>The length of a frame's window, in samples: 25 ms.</summary>
    public const int WindowLength = 400;

    /// <summary>The frequencies of a spectrum: 0 to 8 kHz in steps of 40 Hz.</summary>
    public const int FrequencyBins = (WindowLength / 2) + 1;

    private const double HighestHertz = AudioClip.SampleRate / 2.0;

    /// <summary>The filters' centres, in hertz.</summary>
    /// <param name="bins">How many filters.</param>
    public static double[] Centres(int bins) => Points(bins)[1..^1];

    /// <summary>The filters' half widths, in hertz.</summary>
    /// <param name="bins">How many filters.</param>
    public static double[] HalfWidths(int bins)
    {
        var points = Points(bins);
        return [.. Enumerable.Range(0, bins).Select(n => points[n + 1] - points[n])];
    }

    /// <summary>The matrix from power to energy: row-major <c>[FrequencyBins, bins]</c>.</summary>
    /// <param name="bins">How many filters.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no filters.</exception>
    public static double[] Matrix(int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        var (centres, halfWidths) = (Centres(bins), HalfWidths(bins));
        var matrix = new double[FrequencyBins * bins];
        for (var k = 0; k < FrequencyBins; k++)
        {
            var hertz = (double)k * AudioClip.SampleRate / WindowLength;
            for (var n = 0; n < bins; n++)
            {
                matrix[(k * bins) + n] = Math.Max(0, 1 - (Math.Abs(hertz - centres[n]) / halfWidths[n]));
            }
        }

        return matrix;
    }

    /// <summary>The periodic Hamming window: <c>0.54 - 0.46 cos(2 pi n / length)</c>.</summary>
    /// <param name="length">The number of samples.</param>
    public static double[] HammingWindow(int length) =>
        [.. Enumerable.Range(0, length).Select(n => 0.54 - (0.46 * Math.Cos(2 * Math.PI * n / length)))];

    private static double[] Points(int bins)
    {
        var highest = 2595 * Math.Log10(1 + (HighestHertz / 700));
        return [.. Enumerable.Range(0, bins + 2).Select(n => 700 * (Math.Pow(10, highest * n / (bins + 1) / 2595) - 1))];
    }
}
