namespace FaceVoice.Training.Networks.Joint;

/// <summary>
/// Projects an encoder's embedding [batch, in] into the joint space [batch, out]: (Linear, LayerNorm, ReLU, Dropout) for each hidden
/// layer, then Linear. State names: <c>fc1</c>, <c>ln1</c>, <c>fc2</c>, <c>ln2</c>, ..., the last <c>fc</c> without a norm.
/// </summary>
public sealed class ProjectionHead : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor>[] _layers;

    /// <summary>Makes the head with PyTorch's default initialisation.</summary>
    /// <param name="options">Its sizes; the defaults if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options make no head.</exception>
    public ProjectionHead(ProjectionHeadOptions? options = null)
        : base(nameof(ProjectionHead))
    {
        Options = options ?? new ProjectionHeadOptions();
        Options.Check();
        _layers = [.. MakeLayers()];
    }

    /// <summary>Gets the head's sizes.</summary>
    public ProjectionHeadOptions Options { get; }

    /// <summary>Computes joint embeddings of unit length.</summary>
    /// <param name="input">[batch, in].</param>
    /// <returns>[batch, out].</returns>
    public override Tensor forward(Tensor input)
    {
        using Tensor projected = Project(input);
        return nn.functional.normalize(projected);
    }

    /// <summary>Computes the last layer's output, not yet of unit length.</summary>
    /// <param name="input">[batch, in].</param>
    /// <returns>[batch, out].</returns>
    public Tensor Project(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(_layers.Aggregate(input, (value, layer) => layer.forward(value)));
    }

    /// <summary>
    /// Draws the first layer's bias anew, large enough that the layer norm behind it does not erase the length of the input: a norm without a bias
    /// before it gives x and 2x the same output, and how far a face lies from the average one would take thousands of steps to be learnt. Of twice
    /// the deviation of what the layer makes of its input; does nothing to a shallow head.
    /// </summary>
    /// <param name="inputLevel">Root mean square of the inputs' values; 1 for standardised ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is negative or not finite.</exception>
    public void KeepInputLength(double inputLevel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputLevel);
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(inputLevel), false, nameof(inputLevel));
        if (Options.HiddenDimensions.Count == 0)
        {
            return;
        }

        // The weights start uniform within 1/sqrt(in), so the layer's output deviates by level/sqrt(3).
        using var mode = no_grad();
        using Tensor drawn = randn(Options.HiddenDimensions[0]);
        using Tensor scaled = drawn.mul(2 * inputLevel / Math.Sqrt(3));
        parameters().Skip(1).First().copy_(scaled);
    }

    private IEnumerable<Module<Tensor, Tensor>> MakeLayers()
    {
        int width = Options.InputDimension;
        int number = 1;
        foreach (int hidden in Options.HiddenDimensions)
        {
            yield return Named($"fc{number}", nn.Linear(width, hidden));
            yield return Named($"ln{number}", nn.LayerNorm(hidden));
            yield return Named($"relu{number}", nn.ReLU());
            yield return Named($"dropout{number}", nn.Dropout(Options.Dropout));
            width = hidden;
            number++;
        }

        yield return Named($"fc{number}", nn.Linear(width, Options.OutputDimension));
    }

    private Module<Tensor, Tensor> Named(string name, Module<Tensor, Tensor> layer)
    {
        register_module(name, layer);
        return layer;
    }
}

/// <summary>The sizes of a <see cref="ProjectionHead"/>.</summary>
public sealed record ProjectionHeadOptions
{
    /// <summary>Gets the length of the encoder's embeddings.</summary>
    /// <value>The default is 512.</value>
    public int InputDimension { get; init; } = 512;

    /// <summary>Gets the widths of the hidden layers, each Linear, LayerNorm, ReLU, Dropout; empty for the shallow head, a single Linear.</summary>
    /// <value>The default is 512, 256.</value>
    public IReadOnlyList<int> HiddenDimensions { get; init; } = [512, 256];

    /// <summary>Gets the dimension of the joint space.</summary>
    /// <value>The default is 256.</value>
    public int OutputDimension { get; init; } = 256;

    /// <summary>Gets the probability with which a hidden value is zeroed in training.</summary>
    /// <value>The default is 0.1.</value>
    public double Dropout { get; init; } = 0.1;

    /// <summary>The shallow head: a single linear layer.</summary>
    /// <param name="inputDimension">The length of the encoder's embeddings.</param>
    /// <param name="outputDimension">The dimension of the joint space.</param>
    public static ProjectionHeadOptions Shallow(int inputDimension, int outputDimension = 256) =>
        new() { InputDimension = inputDimension, HiddenDimensions = [], OutputDimension = outputDimension };

    /// <summary>Throws when a size is not positive or the dropout no probability below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The options make no head.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(InputDimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(OutputDimension);
        ArgumentOutOfRangeException.ThrowIfNegative(Dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Dropout, 1);
        foreach (int width in HiddenDimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width, nameof(HiddenDimensions));
        }
    }
}
