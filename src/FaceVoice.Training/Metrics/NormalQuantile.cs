namespace FaceVoice.Training.Metrics;

/// <summary>The inverse of the standard normal distribution, for DET axes.</summary>
internal static class NormalQuantile
{
    /// <summary>Within 4.5e-4 (Abramowitz and Stegun, 26.2.23).</summary>
    public static double Of(double p)
    {
        var t = Math.Sqrt(-2 * Math.Log(Math.Min(p, 1 - p)));
        var x = t - ((2.515517 + (t * (0.802853 + (0.010328 * t)))) / (1 + (t * (1.432788 + (t * (0.189269 + (0.001308 * t)))))));
        return p < 0.5 ? -x : x;
    }
}
