namespace FaceVoice.Torch.Modules;

/// <summary>1 / (1 + exp(-x)).</summary>
public sealed class Sigmoid : Module<Tensor, Tensor>
{
    internal Sigmoid()
        : base(nameof(Sigmoid))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.sigmoid();
}
