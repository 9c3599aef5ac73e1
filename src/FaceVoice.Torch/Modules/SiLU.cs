namespace FaceVoice.Torch.Modules;

/// <summary>x sigmoid(x).</summary>
public sealed class SiLU : Module<Tensor, Tensor>
{
    internal SiLU()
        : base(nameof(SiLU))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.silu(input);
}
