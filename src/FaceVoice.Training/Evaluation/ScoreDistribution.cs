namespace FaceVoice.Training.Evaluation;

/// <summary>How scores are spread.</summary>
/// <param name="Matches">Share of the matching trials in each bin.</param>
/// <param name="Others">Share of the other trials in each bin.</param>
/// <param name="BinWidth">Width of a bin; the first begins at -1.</param>
public sealed record ScoreDistribution(IReadOnlyList<double> Matches, IReadOnlyList<double> Others, double BinWidth);
