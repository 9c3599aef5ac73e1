namespace FaceVoice.Training.Heads;

/// <summary>The learning rate as a function of the step and of what the plateau has done so far; it keeps no state of its own.</summary>
internal sealed class LearningRateSchedule(DualTrainingOptions options, long totalSteps)
{
    private readonly long _warmup = Math.Min(options.WarmupSteps, Math.Max(1, totalSteps / 10));

    /// <summary>Gets the steps of warm-up that this run has.</summary>
    public long WarmupSteps => _warmup;

    /// <param name="step">Optimiser steps done so far.</param>
    /// <param name="reductions">How often the plateau has cut the rate.</param>
    public double At(long step, int reductions)
    {
        if (step < _warmup)
        {
            return options.LearningRate * (step + 1) / _warmup;
        }

        var rate = options.Schedule switch
        {
            LearningRateDecay.Cosine => Cosine(step),
            LearningRateDecay.Plateau => options.LearningRate * Math.Pow(options.PlateauFactor, reductions),
            _ => options.LearningRate,
        };
        return Math.Max(rate, options.MinLearningRate);
    }

    private double Cosine(long step)
    {
        var progress = Math.Min(1, (step - _warmup) / (double)Math.Max(1, totalSteps - _warmup));
        return options.MinLearningRate + (0.5 * (options.LearningRate - options.MinLearningRate) * (1 + Math.Cos(Math.PI * progress)));
    }
}
