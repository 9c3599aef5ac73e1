using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Joint;

/// <summary>
/// SigLIP's pairwise loss (Zhai et al., 2023): each pair is its own yes-or-no question, <c>-log sigmoid(y (cos / T + bias))</c>, summed
/// over a row's columns, mean over rows. Parameters: <c>log_temperature</c>, <c>bias</c>.
/// </summary>
/// <remarks>The bias starts at -10, as nearly all pairs are negatives. Label smoothing does not apply.</remarks>
public sealed class SigmoidLoss : ContrastiveLoss
{
    /// <summary>Where the bias starts.</summary>
    public const double InitialBias = -10;

    /// <summary>Makes the loss.</summary>
    /// <param name="options">Its settings; the defaults if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public SigmoidLoss(ContrastiveLossOptions? options = null)
        : base(nameof(SigmoidLoss), options)
    {
        Bias = nn.Parameter(tensor((float)InitialBias));
        Bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Gets what is added to every scaled cosine, a scalar.</summary>
    [field: ComponentName(Name = "bias")]
    public Parameter Bias { get; }

    private protected override Tensor Direction(Tensor logits, Relation? relation)
    {
        Tensor positive = relation?.Positive ?? eye(logits.size(0), dtype: ScalarType.Bool, device: logits.device);
        Tensor signs = positive.to(logits.dtype) * 2 - 1;
        Tensor losses = nn.functional.logsigmoid(signs * (logits + Bias)).neg();
        if (Options.SameGroupWeight != 1)
        {
            Tensor negative = positive.logical_not();
            losses = double.IsPositiveInfinity(Options.SameGroupWeight)
                ? losses.masked_fill(negative.logical_and(relation!.SameGroup!.logical_not()), 0)
                : losses * (1 + negative.logical_and(relation!.SameGroup!).to(logits.dtype) * (Options.SameGroupWeight - 1));
        }

        return losses.sum(1).mean();
    }
}
