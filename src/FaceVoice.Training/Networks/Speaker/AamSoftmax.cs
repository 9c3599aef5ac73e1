using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// Additive angular margin softmax (Deng et al., 2019): cross entropy over scaled cosines between an embedding and one trained
/// direction for each speaker, where the right speaker's angle is enlarged by a margin. Parameter: <c>weight</c> [classes, dimension].
/// </summary>
/// <remarks>
/// Where angle plus margin would exceed a half turn, the cosine is lowered by <c>margin sin(margin)</c> instead, which keeps it
/// monotonic. Cosines are kept a little inside (-1, 1), as the angle's derivative is infinite at the ends.
/// </remarks>
public sealed class AamSoftmax : Module<Tensor, Tensor, Tensor>
{
    private const double SmallestSquaredSine = 1e-9;
    private readonly double _scale;
    private readonly double _labelSmoothing;

    /// <summary>Makes the directions at random.</summary>
    /// <param name="dimension">The length of an embedding.</param>
    /// <param name="classes">The number of speakers.</param>
    /// <param name="scale">The factor on the cosines.</param>
    /// <param name="margin">The margin, in radians.</param>
    /// <param name="labelSmoothing">How much of the target is spread over all speakers.</param>
    public AamSoftmax(int dimension, int classes, double scale = 30, double margin = 0.2, double labelSmoothing = 0)
        : base(nameof(AamSoftmax))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        (_scale, _labelSmoothing, Margin) = (scale, labelSmoothing, margin);
        Weight = nn.Parameter(nn.init.xavier_uniform_(empty(classes, dimension)));
        Weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Gets one direction for each speaker, [classes, dimension], of any length.</summary>
    [field: ComponentName(Name = "weight")]
    public Parameter Weight { get; }

    /// <summary>Gets or sets the margin of the next step, in radians, 0 to a quarter turn.</summary>
    public double Margin
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Math.PI / 2);
            field = value;
        }
    }

    /// <summary>Cosines between embeddings and directions.</summary>
    /// <param name="embeddings">[batch, dimension], of any length.</param>
    /// <returns>[batch, classes].</returns>
    public Tensor Cosines(Tensor embeddings) =>
        nn.functional.linear(nn.functional.normalize(embeddings), nn.functional.normalize(Weight));

    /// <summary>The mean loss of a batch.</summary>
    /// <param name="input1">Embeddings [batch, dimension], of any length.</param>
    /// <param name="input2">Speakers, Int64 [batch], from 0.</param>
    /// <returns>A scalar.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(Loss(Cosines(input1), input2));
    }

    /// <summary>The mean loss for cosines that <see cref="Cosines"/> gave, which also tell the batch's accuracy.</summary>
    /// <param name="cosines">[batch, classes].</param>
    /// <param name="labels">Speakers, Int64 [batch], from 0.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor cosines, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(cosines);
        ArgumentNullException.ThrowIfNull(labels);
        using DisposeScope scope = NewDisposeScope();
        Tensor column = labels.unsqueeze(1);
        Tensor right = cosines.gather(1, column);
        Tensor sines = (1 - right.square()).clamp_min(SmallestSquaredSine).sqrt();
        Tensor enlarged = right * Math.Cos(Margin) - sines * Math.Sin(Margin);
        Tensor lowered = right - Margin * Math.Sin(Margin);
        Tensor logits = cosines.scatter(1, column, where(right.gt(-Math.Cos(Margin)), enlarged, lowered)) * _scale;
        return scope.MoveToOuter(nn.functional.cross_entropy(logits, labels, label_smoothing: _labelSmoothing));
    }
}
