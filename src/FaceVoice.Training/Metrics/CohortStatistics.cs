namespace FaceVoice.Training.Metrics;

/// <summary>Mean and standard deviation of one side's best scores against a cohort of other people.</summary>
/// <param name="Mean">Mean of the top scores.</param>
/// <param name="StandardDeviation">Their standard deviation (denominator n), never below 1e-6.</param>
public readonly record struct CohortStatistics(double Mean, double StandardDeviation);
