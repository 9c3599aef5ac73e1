namespace FaceVoice.Training.Metrics;

/// <summary>
/// Adaptive symmetric score normalisation: each side's own top cohort scores say what a score means for it.
/// Source: Matejka et al., "Analysis of score normalization in multilingual speaker recognition", Interspeech 2017 (AS-norm1). Thread-safe.
/// </summary>
/// <param name="topScores">How many of the highest cohort scores are used, at least 2; a smaller cohort is used whole.</param>
public sealed class AdaptiveSNorm(int topScores = 300)
{
    /// <summary>Measures one side against the cohort.</summary>
    /// <param name="cohortScores">Its scores against each member of the cohort; at least two.</param>
    /// <exception cref="ArgumentException">Fewer than two scores.</exception>
    public CohortStatistics Measure(ReadOnlySpan<float> cohortScores)
    {
        if (cohortScores.Length < 2)
        {
            throw new ArgumentException($"A cohort needs at least two members, not {cohortScores.Length}.", nameof(cohortScores));
        }

        var sorted = cohortScores.ToArray();
        Array.Sort(sorted);
        var top = sorted.AsSpan(Math.Max(0, sorted.Length - Math.Max(2, topScores)));
        double sum = 0, squares = 0;
        foreach (var score in top)
        {
            sum += score;
        }

        var mean = sum / top.Length;
        foreach (var score in top)
        {
            squares += (score - mean) * (score - mean);
        }

        return new(mean, Math.Max(Math.Sqrt(squares / top.Length), 1e-6));
    }

    /// <summary>Normalises a score: the mean of its z-scores as either side sees it.</summary>
    /// <param name="score">The raw score of a trial.</param>
    /// <param name="first">Statistics of the first side.</param>
    /// <param name="second">Statistics of the second side.</param>
    public static double Normalize(double score, CohortStatistics first, CohortStatistics second) =>
        0.5 * (((score - first.Mean) / first.StandardDeviation) + ((score - second.Mean) / second.StandardDeviation));
}

/// <summary>Mean and standard deviation of one side's best scores against a cohort of other people.</summary>
/// <param name="Mean">Mean of the top scores.</param>
/// <param name="StandardDeviation">Their standard deviation (denominator n), never below 1e-6.</param>
public readonly record struct CohortStatistics(double Mean, double StandardDeviation);
