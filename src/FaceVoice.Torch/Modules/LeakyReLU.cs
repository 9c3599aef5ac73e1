namespace FaceVoice.Torch.Modules;

/// <summary>x where positive, a small slope elsewhere.</summary>
public sealed class LeakyReLU : Module<Tensor, Tensor>
{
    private readonly double _slope;

    internal LeakyReLU(double slope)
        : base(nameof(LeakyReLU)) => _slope = slope;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => torch.nn.functional.leaky_relu(input, _slope);
}
