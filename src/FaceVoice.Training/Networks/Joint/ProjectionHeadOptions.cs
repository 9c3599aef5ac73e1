namespace FaceVoice.Training.Networks.Joint;

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
