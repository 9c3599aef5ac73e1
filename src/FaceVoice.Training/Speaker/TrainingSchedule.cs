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
