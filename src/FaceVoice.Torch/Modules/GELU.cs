namespace FaceVoice.Torch.Modules;

/// <summary>The Gaussian error linear unit, exact form.</summary>
public sealed class GELU : Module<Tensor, Tensor>
{
    internal GELU()
        : base(nameof(GELU))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.gelu(input);
}
