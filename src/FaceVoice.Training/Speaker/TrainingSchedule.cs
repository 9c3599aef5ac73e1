using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Speaker;

/// <summary>Learning rate and margin as functions of progress, 0 to 1: no state of their own, so nothing to save.</summary>
internal sealed class TrainingSchedule(SpeakerTrainerOptions options)
{
    private const double Least = 0.002;

    /// <summary>Progress by steps or by time, whichever is further.</summary>
    public double Progress(long step, TimeSpan elapsed)
    {
        var bySteps = (double)step / options.Steps;
        var byTime = options.MaxMinutes is { } minutes ? elapsed.TotalMinutes / minutes : 0;
        return Math.Min(1, Math.Max(bySteps, byTime));
    }

    public double LearningRate(double progress)
    {
        if (progress < options.WarmUp)
        {
            return options.LearningRate * Math.Max(Least, progress / options.WarmUp);
        }

        var rest = (progress - options.WarmUp) / (1 - options.WarmUp);
        var share = options.Curve switch
        {
            LearningCurve.Cosine => 0.5 * (1 + Math.Cos(Math.PI * rest)),
            LearningCurve.Linear => 1 - rest,
            _ => 1,
        };
        return options.LearningRate * Math.Max(Least, share);
    }

    public double Margin(double progress)
    {
        var width = Math.Max(1e-9, options.MarginFull - options.MarginStart);
        return options.Margin * Math.Clamp((progress - options.MarginStart) / width, 0, 1);
    }
}

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
