namespace FaceVoice.Torch.Modules;

/// <summary>max(x, 0).</summary>
public sealed class ReLU : Module<Tensor, Tensor>
{
    internal ReLU()
        : base(nameof(ReLU))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.relu(input);
}
