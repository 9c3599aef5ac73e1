namespace FaceVoice.Training.Networks.Joint;

/// <summary>
/// Symmetric InfoNCE (van den Oord et al., 2018; as in CLIP): cross entropy of each row over all columns, and of each column over all
/// rows, their mean. With several positives a row's target is spread evenly over them (supervised contrastive, outside form).
/// </summary>
/// <remarks>
/// An untrained pair of encoders gives <c>ln(batch)</c>: chance. With several positives the loss cannot fall below the targets'
/// entropy. A negative of the row's group counts <see cref="ContrastiveLossOptions.SameGroupWeight"/> times in the denominator.
/// </remarks>
public sealed class InfoNceLoss : ContrastiveLoss
{
    /// <summary>Makes the loss.</summary>
    /// <param name="options">Its settings; the defaults if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public InfoNceLoss(ContrastiveLossOptions? options = null)
        : base(nameof(InfoNceLoss), options) => RegisterComponents();

    private protected override Tensor Direction(Tensor logits, Relation? relation)
    {
        if (relation is null)
        {
            Tensor diagonal = arange(logits.size(0), ScalarType.Int64, device: logits.device);
            return nn.functional.cross_entropy(logits, diagonal, label_smoothing: Options.LabelSmoothing);
        }

        Tensor targets = relation.Positive.to(logits.dtype);
        targets = targets / targets.sum(1, keepdim: true);
        Tensor? left = LeftOut(relation);
        if (Options.LabelSmoothing > 0)
        {
            Tensor spread = left is null ? ones_like(targets) : left.logical_not().to(logits.dtype);
            targets = targets * (1 - Options.LabelSmoothing) + spread / spread.sum(1, keepdim: true) * Options.LabelSmoothing;
        }

        Tensor logProbabilities = Weighted(logits, relation, left).log_softmax(1);
        if (left is not null)
        {
            logProbabilities = logProbabilities.masked_fill(left, 0);
        }

        return (targets * logProbabilities).sum(1).mean().neg();
    }

    private Tensor? LeftOut(Relation relation) => double.IsPositiveInfinity(Options.SameGroupWeight)
        ? relation.SameGroup!.logical_or(relation.Positive).logical_not()
        : null;

    private Tensor Weighted(Tensor logits, Relation relation, Tensor? left)
    {
        if (left is not null)
        {
            return logits.masked_fill(left, double.NegativeInfinity);
        }

        if (Options.SameGroupWeight == 1)
        {
            return logits;
        }

        // exp(z + ln w) = w exp(z)
        Tensor heavier = relation.SameGroup!.logical_and(relation.Positive.logical_not());
        return logits + heavier.to(logits.dtype) * Math.Log(Options.SameGroupWeight);
    }
}
