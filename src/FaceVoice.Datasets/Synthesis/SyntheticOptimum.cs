using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Datasets.Synthesis;

/// <summary>The best possible area under the curve of a synthetic population, and the exact likelihood ratio behind it.</summary>
/// <remarks>
/// By Neyman and Pearson no score orders matches before non-matches better than their likelihood ratio. A shared coordinate of
/// correlation r adds <c>-ln(1 - r²)/2 - (r²(f² + v²) - 2 r f v) / (2 (1 - r²))</c>; the gender coordinate adds
/// <c>ln(2 (a b + (1 - a)(1 - b)))</c> with <c>a = 1 / (1 + exp(-2 f / s²))</c> and likewise b, and nothing where both sides are known to
/// be of one gender. The distribution of the ratio has no short closed form, so the area is a Monte Carlo mean of exact ratios.
/// </remarks>
public sealed class SyntheticOptimum
{
    private const int Trials = 200_000;

    private readonly double _correlation;
    private readonly double _genderNoise;
    private readonly int _shared;

    /// <summary>Measures a population; takes about half a second.</summary>
    /// <param name="options">The population; sizes and the mixing do not matter.</param>
    public SyntheticOptimum(SyntheticFeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_correlation, _genderNoise, _shared) = (options.Correlation, options.GenderNoise, options.SharedDimensions);
        UncontrolledAuc = Measure(sameGender: false, genderKnownEqual: false);
        GenderControlledAuc = Measure(sameGender: true, genderKnownEqual: true);
        GenderControlledAucOfUncontrolledScore = Measure(sameGender: true, genderKnownEqual: false);
    }

    /// <summary>Gets the best area over all people.</summary>
    public double UncontrolledAuc { get; }

    /// <summary>Gets the best area against negatives of the same gender.</summary>
    public double GenderControlledAuc { get; }

    /// <summary>
    /// Gets the area against negatives of the same gender of the score that is best over all people: one score cannot be best at both.
    /// </summary>
    public double GenderControlledAucOfUncontrolledScore { get; }

    /// <summary>Gets the standard error of either area, an upper bound (Hanley and McNeil at 0.5).</summary>
    public static double StandardError => 0.41 / Math.Sqrt(Trials / 2.0);

    /// <summary>The exact log-likelihood ratio of one face and one voice from their hidden coordinates.</summary>
    /// <param name="face">Shared coordinates, then the gender coordinate.</param>
    /// <param name="voice">The same of the voice.</param>
    /// <param name="sameGender">Whether the alternative is two people of one gender.</param>
    public double LogLikelihoodRatio(ReadOnlySpan<float> face, ReadOnlySpan<float> voice, bool sameGender)
    {
        var r = _correlation;
        var scale = 1 / (2 * (1 - (r * r)));
        var sum = -0.5 * _shared * Math.Log(1 - (r * r));
        for (var d = 0; d < _shared; d++)
        {
            double f = face[d], v = voice[d];
            sum -= ((r * r * ((f * f) + (v * v))) - (2 * r * f * v)) * scale;
        }

        return sameGender ? sum : sum + GenderRatio(face[_shared], voice[_shared]);
    }

    private double GenderRatio(double face, double voice)
    {
        var a = 1 / (1 + Math.Exp(-2 * face / (_genderNoise * _genderNoise)));
        var b = 1 / (1 + Math.Exp(-2 * voice / (_genderNoise * _genderNoise)));
        return Math.Log(Math.Max(2 * ((a * b) + ((1 - a) * (1 - b))), 1e-300));
    }

    private double Measure(bool sameGender, bool genderKnownEqual)
    {
        var random = RandomSource.Derive(0x5EED, sameGender ? 1UL : 0UL);
        var (matching, others) = (new double[Trials / 2], new double[Trials / 2]);
        var (face, voice) = (new float[_shared + 1], new float[_shared + 1]);
        for (var t = 0; t < Trials; t++)
        {
            var isMatch = t % 2 == 0;
            DrawPair(random, face, voice, isMatch, sameGender);
            (isMatch ? matching : others)[t / 2] = LogLikelihoodRatio(face, voice, genderKnownEqual);
        }

        return ShareInOrder(matching, others);
    }

    /// <summary>
    /// The share of couples with the matching trial above the other: counted here, not by the curve that judges models, so that one checks
    /// the other.
    /// </summary>
    private static double ShareInOrder(double[] matching, double[] others)
    {
        Array.Sort(others);
        double inOrder = 0;
        foreach (var score in matching)
        {
            var below = Array.BinarySearch(others, score);
            inOrder += below < 0 ? ~below : below + 0.5;
        }

        return inOrder / ((double)matching.Length * others.Length);
    }

    private void DrawPair(RandomSource random, float[] face, float[] voice, bool isMatch, bool sameGender)
    {
        var r = isMatch ? _correlation : 0;
        for (var d = 0; d < _shared; d++)
        {
            var f = random.NextNormal();
            face[d] = (float)f;
            voice[d] = (float)((r * f) + (Math.Sqrt(1 - (r * r)) * random.NextNormal()));
        }

        var faceGender = random.NextInt(2) == 0 ? -1 : 1;
        var voiceGender = isMatch || sameGender ? faceGender : random.NextInt(2) == 0 ? -1 : 1;
        face[_shared] = (float)(faceGender + (_genderNoise * random.NextNormal()));
        voice[_shared] = (float)(voiceGender + (_genderNoise * random.NextNormal()));
    }
}
