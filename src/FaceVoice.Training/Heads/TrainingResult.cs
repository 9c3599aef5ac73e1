namespace FaceVoice.Training.Heads;

/// <summary>What a run came to.</summary>
public sealed record TrainingResult
{
    /// <summary>Gets why it ended.</summary>
    public required TrainingOutcome Outcome { get; init; }

    /// <summary>Gets a sentence for people: what happened, and what to do where it was not as hoped.</summary>
    public required string Message { get; init; }

    /// <summary>Gets the best area under the curve on the validation people; NaN where there was none.</summary>
    public required double BestValidationAuc { get; init; }

    /// <summary>Gets the epoch of the best checkpoint, from 0; -1 where there is none.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Gets the batches seen.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the steps left out, by cause.</summary>
    public required IReadOnlyDictionary<string, long> Skipped { get; init; }

    /// <summary>Gets what the detectors said, each once.</summary>
    public required IReadOnlyList<TrainingWarning> Warnings { get; init; }
}
