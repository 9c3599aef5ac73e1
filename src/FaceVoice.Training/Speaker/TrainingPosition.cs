using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Speaker;

/// <summary>
/// Where a run stands: with weights, optimiser and random state all that a resumed run needs. The sampler's place follows from the batch
/// count.
/// </summary>
internal sealed record TrainingPosition : RunState
{
    /// <summary>Gets or sets the batches taken from the loader.</summary>
    public long Batch { get; set; }

    /// <summary>Gets or sets the seconds spent training.</summary>
    public double ElapsedSeconds { get; set; }

    /// <summary>Gets or sets the best validation error so far; null before the first.</summary>
    public double? BestError { get; set; }

    /// <summary>Gets or sets the step of the best validation.</summary>
    public long BestStep { get; set; }

    /// <summary>Gets or sets the validations since the best.</summary>
    public int SinceBest { get; set; }

    /// <summary>Gets or sets the steps skipped for non-finite numbers.</summary>
    public long Skipped { get; set; }
}
