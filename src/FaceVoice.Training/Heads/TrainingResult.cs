using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Heads;

/// <summary>Where a run stands within an epoch.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches in an epoch.</param>
/// <param name="Loss">The loss.</param>
/// <param name="ChanceLoss">What it is while nothing is learnt.</param>
/// <param name="RecallAt1">Batch recall@1.</param>
/// <param name="ChanceRecallAt1">What guessing gives.</param>
/// <param name="Skipped">Steps left out so far.</param>
public sealed record StepProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double ChanceLoss, double RecallAt1, double ChanceRecallAt1, long Skipped);

/// <summary>An epoch in figures.</summary>
public sealed record EpochSummary
{
    /// <summary>Gets the epoch, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the mean training loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets what the loss is while nothing is learnt: ln N for N candidates.</summary>
    public required double ChanceLoss { get; init; }

    /// <summary>Gets the mean batch recall@1.</summary>
    public required double RecallAt1 { get; init; }

    /// <summary>Gets what guessing gives: 1/N.</summary>
    public required double ChanceRecallAt1 { get; init; }

    /// <summary>Gets the figures of the same people that are trained on; null where they could not be had.</summary>
    public ProbeResult? Train { get; init; }

    /// <summary>Gets the figures of people kept apart; null without such people.</summary>
    public ProbeResult? Validation { get; init; }

    /// <summary>Gets the temperature.</summary>
    public required double Temperature { get; init; }

    /// <summary>Gets the learning rate at the end.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Gets the seconds it took, validation included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the samples trained on each second.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Gets the steps left out so far.</summary>
    public required long Skipped { get; init; }

    /// <summary>Gets a value indicating whether this is the best epoch so far.</summary>
    public required bool IsBest { get; init; }
}

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

/// <summary>Something a detector noticed while training.</summary>
/// <param name="Code">A short name, the same in log and diagnosis, for example <c>stuck_at_chance</c>.</param>
/// <param name="Text">The figure that gave it away, and what it means.</param>
public sealed record TrainingWarning(string Code, string Text);
