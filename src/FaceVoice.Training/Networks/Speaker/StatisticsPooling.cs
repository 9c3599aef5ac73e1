namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// Mean and standard deviation over time, [batch, channels, time] to [batch, 2 channels], means first. The deviation has T - 1 in
/// the denominator and 1e-5 added, as in SpeechBrain; the random noise that SpeechBrain adds to the mean is left out.
/// </summary>
public sealed class StatisticsPooling : Module<Tensor, Tensor>
{
    /// <summary>Added to the standard deviation.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Makes the layer; it has no weights.</summary>
    public StatisticsPooling()
        : base(nameof(StatisticsPooling))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = input.mean([-1], keepdim: true);
        // std() goes over the values one by one, five times as slow as the norm.
        Tensor deviation = linalg.vector_norm(input - mean, 2, [-1]) / Math.Sqrt(input.size(-1) - 1);
        return scope.MoveToOuter(cat([mean.squeeze(-1), deviation + Epsilon], 1));
    }
}
