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

/// <summary>Why a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs were done.</summary>
    Completed,

    /// <summary>The validation people had not improved for long enough.</summary>
    EarlyStopped,

    /// <summary>It learnt nothing and was stopped.</summary>
    StuckAtChance,

    /// <summary>Too many steps in a row met numbers that are not finite.</summary>
    NonFinite,

    /// <summary>It was asked to stop, has saved its state and can be resumed.</summary>
    Cancelled,
}

/// <summary>Something a detector noticed while training.</summary>
/// <param name="Code">A short name, the same in log and diagnosis, for example <c>stuck_at_chance</c>.</param>
/// <param name="Text">The figure that gave it away, and what it means.</param>
public sealed record TrainingWarning(string Code, string Text);
