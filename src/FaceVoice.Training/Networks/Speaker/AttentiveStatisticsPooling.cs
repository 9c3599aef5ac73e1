using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// Mean and standard deviation over time, each channel's frames weighted by attention (Okabe et al., 2018; with global context as in
/// ECAPA-TDNN): [batch, channels, time] to [batch, 2 channels]. State names are SpeechBrain's (<c>tdnn</c>, <c>conv</c>).
/// </summary>
public sealed class AttentiveStatisticsPooling : Module<Tensor, Tensor>
{
    /// <summary>The smallest variance.</summary>
    public const double VarianceFloor = 1e-12;

    [ComponentName(Name = "tdnn")]
    private readonly TdnnBlock _bottleneck;
    [ComponentName(Name = "conv")]
    private readonly TimeConvolution _scores;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="attentionChannels">Channels of the bottleneck.</param>
    public AttentiveStatisticsPooling(int channels, int attentionChannels)
        : base(nameof(AttentiveStatisticsPooling))
    {
        _bottleneck = new TdnnBlock(3 * channels, attentionChannels, 1);
        _scores = new TimeConvolution(attentionChannels, channels, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(ForwardParts(input).Pooled);
    }

    /// <summary>The pooled statistics and, before them, what each part gives, for comparison with a reference.</summary>
    internal (Tensor Bottleneck, Tensor Scores, Tensor Pooled) ForwardParts(Tensor input)
    {
        (Tensor mean, Tensor deviation) = Statistics(input, 1.0 / input.size(2));
        Tensor context = cat([input, mean.unsqueeze(2).expand_as(input), deviation.unsqueeze(2).expand_as(input)], 1);
        Tensor bottleneck = _bottleneck.forward(context);
        Tensor scores = _scores.forward(bottleneck.tanh());
        (mean, deviation) = Statistics(input, scores.softmax(2));
        return (bottleneck, scores, cat([mean, deviation], 1));
    }

    private static (Tensor Mean, Tensor Deviation) Statistics(Tensor input, Tensor weights)
    {
        Tensor mean = (weights * input).sum(2);
        Tensor variance = (weights * (input - mean.unsqueeze(2)).square()).sum(2);
        return (mean, variance.clamp_min(VarianceFloor).sqrt());
    }

    private static (Tensor Mean, Tensor Deviation) Statistics(Tensor input, double weight)
    {
        Tensor mean = input.sum(2) * weight;
        Tensor variance = (input - mean.unsqueeze(2)).square().sum(2) * weight;
        return (mean, variance.clamp_min(VarianceFloor).sqrt());
    }
}

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
