namespace FaceVoice.Datasets.Spectra;

/// <summary>
/// Mel filters over a 400-point spectrum at 16 kHz as SpeechBrain builds them: triangles symmetric in hertz, as wide on both sides as the
/// distance to the lower neighbour, peak 1. Kept sparse.
/// </summary>
internal sealed class MelFilters
{
    public const int Bins = 201;

    public MelFilters(int bands)
    {
        First = new int[bands];
        Weights = new float[bands][];
        var hertz = new double[bands + 2];
        var top = 2595 * Math.Log10(1 + (8_000 / 700.0));
        for (var i = 0; i < hertz.Length; i++)
        {
            hertz[i] = 700 * (Math.Pow(10, top * i / (bands + 1) / 2595) - 1);
        }

        for (var band = 0; band < bands; band++)
        {
            var (centre, width) = (hertz[band + 1], hertz[band + 1] - hertz[band]);
            var weights = Enumerable.Range(0, Bins).Select(k => (float)Math.Max(0, 1 - (Math.Abs((40.0 * k) - centre) / width))).ToArray();
            First[band] = Math.Max(0, Array.FindIndex(weights, w => w > 0));
            Weights[band] = [.. weights.Skip(First[band]).TakeWhile(w => w > 0)];
        }
    }

    /// <summary>Gets the first bin of each filter.</summary>
    public int[] First { get; }

    /// <summary>Gets the weights of each filter from its first bin on; none for a filter that falls between two bins.</summary>
    public float[][] Weights { get; }
}
