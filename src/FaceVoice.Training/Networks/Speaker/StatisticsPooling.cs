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
        using Tensor mean = input.mean([-1]);
        using Tensor deviation = input.std(-1);
        using Tensor kept = deviation + Epsilon;
        return cat([mean, kept], 1);
    }
}
