namespace FaceVoice.Torch.Modules;

/// <summary>Zeroes elements at random in training and scales the rest; does nothing in evaluation.</summary>
public sealed class Dropout : Module<Tensor, Tensor>
{
    private readonly double _p;

    internal Dropout(double p)
        : base(nameof(Dropout)) => _p = p;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        training && _p > 0 ? torch.nn.functional.dropout(input, _p) : input;
}
