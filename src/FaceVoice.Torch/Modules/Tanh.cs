namespace FaceVoice.Torch.Modules;

/// <summary>The hyperbolic tangent.</summary>
public sealed class Tanh : Module<Tensor, Tensor>
{
    internal Tanh()
        : base(nameof(Tanh))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input.tanh();
}
