namespace FaceVoice.Training.Evaluation;

/// <summary>Figures of one direction: a face looks for its voice, or a voice for its face.</summary>
public sealed record DirectionResult
{
    /// <summary>Gets 1:2 and 1:10 matching; a size for which there are too few people is left out.</summary>
    public required IReadOnlyList<MatchingResult> Matching { get; init; }

    /// <summary>Gets the search among all.</summary>
    public required RetrievalResult Retrieval { get; init; }
}
