using System.Globalization;

namespace FaceVoice.Training.Metrics;

/// <summary>A figure with the percentile interval of its bootstrap replicates.</summary>
/// <param name="Estimate">The figure on the data as they are.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
public readonly record struct BootstrapInterval(double Estimate, double Lower, double Upper)
{
    /// <summary>Writes <c>0.871 [0.842, 0.899]</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Estimate:F3} [{Lower:F3}, {Upper:F3}]");

    /// <summary>Takes the percentiles of replicates.</summary>
    internal static BootstrapInterval FromReplicates(double estimate, double[] replicates, double confidence)
    {
        Array.Sort(replicates);
        var tail = (1 - confidence) / 2;
        return new(estimate, Quantile(replicates, tail), Quantile(replicates, 1 - tail));
    }

    private static double Quantile(double[] sorted, double q)
    {
        var position = q * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
