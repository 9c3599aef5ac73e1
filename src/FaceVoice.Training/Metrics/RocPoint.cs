namespace FaceVoice.Training.Metrics;

/// <summary>One point of a receiver operating characteristic: what accepting every score at or above a threshold does.</summary>
/// <param name="FalsePositiveRate">Share of the non-matching trials accepted, 0 to 1.</param>
/// <param name="TruePositiveRate">Share of the matching trials accepted, 0 to 1.</param>
/// <param name="Threshold">The lowest score accepted; positive infinity at the first point, where nothing is.</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold)
{
    /// <summary>Gets the share of the matching trials rejected, 0 to 1.</summary>
    public double FalseNegativeRate => 1 - TruePositiveRate;
}
