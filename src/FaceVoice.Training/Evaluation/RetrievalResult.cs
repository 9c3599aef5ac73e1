using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>Who, among all: figures of one direction.</summary>
public sealed record RetrievalResult
{
    /// <summary>Gets the mean average precision, 95 % over identities.</summary>
    public required BootstrapInterval MeanAveragePrecision { get; init; }

    /// <summary>Gets the share of queries with a match in first place, 95 % over identities.</summary>
    public required BootstrapInterval RecallAt1 { get; init; }

    /// <summary>Gets the share with a match among the first five.</summary>
    public required double RecallAt5 { get; init; }

    /// <summary>Gets the share with a match among the first ten.</summary>
    public required double RecallAt10 { get; init; }

    /// <summary>Gets what guessing gives in first place.</summary>
    public required double ChanceRecallAt1 { get; init; }

    /// <summary>Gets the queries.</summary>
    public required int Queries { get; init; }

    /// <summary>Gets the entries searched.</summary>
    public required int Gallery { get; init; }
}
