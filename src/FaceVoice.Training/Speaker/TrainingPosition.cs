namespace FaceVoice.Training.Speaker;

/// <summary>Where a run stands: with weights, optimiser and random state all that a resumed run needs. The sampler's place follows from the batch count.</summary>
internal sealed record TrainingPosition
{
    /// <summary>Gets the steps done, skipped ones included.</summary>
    public long Step { get; init; }

    /// <summary>Gets the batches taken from the loader.</summary>
    public long Batch { get; init; }

    /// <summary>Gets the seconds spent training.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>Gets the best validation error so far; null before the first.</summary>
    public double? BestError { get; init; }

    /// <summary>Gets the step of the best validation.</summary>
    public long BestStep { get; init; }

    /// <summary>Gets the validations since the best.</summary>
    public int SinceBest { get; init; }

    /// <summary>Gets the steps skipped for non-finite numbers.</summary>
    public long Skipped { get; init; }
}
