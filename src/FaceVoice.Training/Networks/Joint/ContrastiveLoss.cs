using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Joint;

/// <summary>
/// Draws the two embeddings of an identity together and those of different identities apart. Parameter: <c>log_temperature</c>.
/// </summary>
/// <remarks>
/// Rows are brought to unit length first. Rows of the same identity are positives of one another, never negatives. The temperature is
/// <c>clamp(exp(log_temperature), min, max)</c>; outside the clamp the parameter's gradient is 0.
/// </remarks>
public abstract class ContrastiveLoss : Module<Tensor, Tensor, Tensor>
{
    private protected ContrastiveLoss(string name, ContrastiveLossOptions? options)
        : base(name)
    {
        Options = options ?? new ContrastiveLossOptions();
        Options.Check();
        LogTemperature = nn.Parameter(tensor((float)Math.Log(Options.InitialTemperature)), Options.LearnTemperature);
        LogTemperature.DetachFromDisposeScope();
        // Before a derived loss registers its own: the order of parameters is part of a checkpoint.
        register_parameter("log_temperature", LogTemperature);
    }

    /// <summary>Gets the loss's settings.</summary>
    public ContrastiveLossOptions Options { get; }

    /// <summary>Gets the natural logarithm of the temperature before clamping, a scalar.</summary>
    [field: ComponentName(Name = "log_temperature")]
    public Parameter LogTemperature { get; }

    /// <summary>Gets the temperature in use, clamped.</summary>
    public double Temperature => Math.Clamp(Math.Exp(LogTemperature.ToDouble()), Options.MinTemperature, Options.MaxTemperature);

    /// <summary>The mean loss where row i of one belongs to row i of the other and to no other.</summary>
    /// <param name="input1">Embeddings [batch, dimension], of any length.</param>
    /// <param name="input2">Embeddings [batch, dimension], of any length.</param>
    /// <returns>A scalar.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(Compute(input1, input2).Loss);
    }

    /// <summary>The loss of a batch with its parts.</summary>
    /// <param name="first">Embeddings [batch, dimension], of any length.</param>
    /// <param name="second">Embeddings [batch, dimension], of any length.</param>
    /// <param name="identities">Int64 [batch]: rows with equal numbers belong together; null where each row is its own identity.</param>
    /// <param name="groups">
    /// Int64 [batch]: who is alike in an easy way; wanted when <see cref="ContrastiveLossOptions.SameGroupWeight"/> is not 1.
    /// </param>
    /// <param name="queue">Embeddings of earlier batches as further columns, or null; wants <paramref name="identities"/>.</param>
    /// <exception cref="ArgumentException">Shapes disagree, or identities or groups are missing that a setting needs.</exception>
    public ContrastiveResult Compute(
        Tensor first, Tensor second, Tensor? identities = null, Tensor? groups = null, EmbeddingQueue? queue = null)
    {
        Check(first, second, identities, groups, queue);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = nn.functional.normalize(first);
        Tensor b = nn.functional.normalize(second);
        Tensor inverse = LogTemperature.exp().clamp(Options.MinTemperature, Options.MaxTemperature).reciprocal();
        Tensor logits = a.mm(b.t()) * inverse;
        EmbeddingQueue? filled = queue is { Count: > 0 } ? queue : null;
        Relation? relation = identities is null && groups is null && filled is null
            ? null
            : Relation.Of(first.size(0), identities, groups, filled, first.device);
        // Copies: the queue goes on before the backward pass, which needs what stood there.
        Tensor rows = filled is null ? logits : cat([logits, a.mm(filled.Second.clone().t()) * inverse], 1);
        Tensor columns = filled is null ? logits.t() : cat([logits.t(), b.mm(filled.First.clone().t()) * inverse], 1);
        Tensor firstToSecond = Direction(rows, relation);
        Tensor secondToFirst = Direction(columns, relation);
        return new ContrastiveResult(
            scope.MoveToOuter((firstToSecond + secondToFirst) / 2),
            scope.MoveToOuter(firstToSecond),
            scope.MoveToOuter(secondToFirst),
            scope.MoveToOuter(logits.detach()));
    }

    /// <summary>The loss of one direction.</summary>
    /// <param name="logits">[batch, columns].</param>
    /// <param name="relation">Which columns are positive and which of the row's group; null where only the diagonal is positive.</param>
    /// <returns>A scalar.</returns>
    private protected abstract Tensor Direction(Tensor logits, Relation? relation);

    private void Check(Tensor first, Tensor second, Tensor? identities, Tensor? groups, EmbeddingQueue? queue)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        long[] shape = first.shape;
        if (shape.Length != 2 || shape[0] == 0 || !shape.SequenceEqual(second.shape))
        {
            throw new ArgumentException(
                $"Both must be [batch, dimension] with a row or more, not [{string.Join(", ", shape)}] and [{string.Join(", ", second.shape)}].",
                nameof(second));
        }

        foreach (Tensor? labels in new[] { identities, groups })
        {
            if (labels is not null && !labels.shape.SequenceEqual([shape[0]]))
            {
                throw new ArgumentException($"Identities and groups must be [{shape[0]}], not [{string.Join(", ", labels.shape)}].", nameof(identities));
            }
        }

        if (Options.SameGroupWeight != 1 && groups is null)
        {
            throw new ArgumentException("A weight for negatives of the same group wants to know the groups.", nameof(groups));
        }

        if (queue is not null && identities is null)
        {
            throw new ArgumentException("A queue wants to know the identities: else a row's own earlier embedding would be its negative.", nameof(identities));
        }
    }

    /// <summary>How rows and columns of the logits belong together.</summary>
    /// <param name="Positive">Bool [batch, columns].</param>
    /// <param name="SameGroup">Bool [batch, columns], or null without groups.</param>
    private protected sealed record Relation(Tensor Positive, Tensor? SameGroup)
    {
        public static Relation Of(long batch, Tensor? identities, Tensor? groups, EmbeddingQueue? queue, Device device)
        {
            Tensor own = identities ?? arange(batch, ScalarType.Int64, device: device);
            Tensor columns = queue is null ? own : cat([own, queue.Identities]);
            Tensor positive = own.unsqueeze(1).eq(columns.unsqueeze(0));
            if (groups is null)
            {
                return new Relation(positive, null);
            }

            Tensor columnGroups = queue is null ? groups : cat([groups, queue.Groups]);
            return new Relation(positive, groups.unsqueeze(1).eq(columnGroups.unsqueeze(0)));
        }
    }
}

/// <summary>What a contrastive loss gives for a batch. The tensors belong to the scope in which they were computed.</summary>
/// <param name="Loss">The scalar to differentiate: the mean of both directions.</param>
/// <param name="FirstToSecond">The loss of finding the second from the first (a scalar).</param>
/// <param name="SecondToFirst">The loss of finding the first from the second (a scalar).</param>
/// <param name="Logits">[batch, batch], rows first, columns second, before weights, margins and queue; detached from the graph.</param>
public sealed record ContrastiveResult(Tensor Loss, Tensor FirstToSecond, Tensor SecondToFirst, Tensor Logits);

/// <summary>Settings of a <see cref="ContrastiveLoss"/>.</summary>
public sealed record ContrastiveLossOptions
{
    /// <summary>Gets the temperature to start from: cosines are divided by it.</summary>
    /// <value>The default is 0.1.</value>
    public double InitialTemperature { get; init; } = 0.1;

    /// <summary>Gets the lowest temperature.</summary>
    /// <value>The default is 0.05.</value>
    public double MinTemperature { get; init; } = 0.05;

    /// <summary>Gets the highest temperature.</summary>
    /// <value>The default is 2.</value>
    public double MaxTemperature { get; init; } = 2.0;

    /// <summary>Gets a value indicating whether the temperature is trained.</summary>
    /// <value>The default is true.</value>
    public bool LearnTemperature { get; init; } = true;

    /// <summary>Gets how much of each row's target is spread over all its columns (InfoNCE only).</summary>
    /// <value>The default is 0.</value>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// Gets how many times a negative of the row's own group (its gender, say) counts; infinity leaves the other groups' negatives out.
    /// </summary>
    /// <value>The default is 1: groups make no difference.</value>
    public double SameGroupWeight { get; init; } = 1;

    /// <summary>Throws when a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Temperatures not 0 &lt; min &lt;= initial &lt;= max,
    /// smoothing not in [0, 1), weight below 0.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinTemperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTemperature, MinTemperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialTemperature, MinTemperature);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InitialTemperature, MaxTemperature);
        ArgumentOutOfRangeException.ThrowIfNegative(LabelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(LabelSmoothing, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SameGroupWeight);
    }
}
