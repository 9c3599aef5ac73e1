namespace FaceVoice.Torch.Modules;

/// <summary>Gives its input.</summary>
public sealed class Identity : Module<Tensor, Tensor>
{
    internal Identity()
        : base(nameof(Identity))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => input;
}
