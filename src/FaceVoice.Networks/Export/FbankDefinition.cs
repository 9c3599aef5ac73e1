namespace FaceVoice.Networks.Export;

/// <summary>
/// The constants of the log-mel features, in double precision: 25 ms frames every 10 ms at 16 kHz, periodic Hamming window, 400-point DFT, symmetric
/// triangles on the mel scale as SpeechBrain's <c>Fbank</c> builds them (one half width, that to the lower neighbour, on both sides).
/// </summary>
internal static class FbankDefinition
{
    public const int SampleRate = 16_000;
    public const int Window = 400;
    public const int Hop = 160;
    public const int Bins = (Window / 2) + 1;

    /// <summary>10 / ln 10: natural logarithm of an energy to decibel.</summary>
    public const double DecibelPerLog = 10 / 2.302585092994045684;

    public const float SmallestEnergy = 1e-10f;

    /// <summary>80 dB as a ratio of energies.</summary>
    public const float DynamicRange = 1e-8f;

    public static double WindowAt(int sample) => 0.54 - (0.46 * Math.Cos(2 * Math.PI * sample / Window));

    /// <summary>The filters, [Bins, bands].</summary>
    public static double[,] MelFilters(int bands)
    {
        static double ToMel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));
        static double ToHertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);

        var top = ToMel(SampleRate / 2.0);
        var points = Enumerable.Range(0, bands + 2).Select(i => ToHertz(top * i / (bands + 1))).ToArray();
        var filters = new double[Bins, bands];
        for (var band = 0; band < bands; band++)
        {
            var halfWidth = points[band + 1] - points[band];
            for (var bin = 0; bin < Bins; bin++)
            {
                var frequency = (double)bin * SampleRate / Window;
                filters[bin, band] = Math.Max(0, 1 - (Math.Abs(frequency - points[band + 1]) / halfWidth));
            }
        }

        return filters;
    }
}
