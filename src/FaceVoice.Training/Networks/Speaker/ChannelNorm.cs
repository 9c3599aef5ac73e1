namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Batch normalisation of each channel. Weights under <c>norm</c>.</summary>
internal sealed class ChannelNorm : Module<Tensor, Tensor>
{
    private readonly BatchNorm1d _norm;

    public ChannelNorm(int channels)
        : base(nameof(ChannelNorm)) => _norm = register_module("norm", nn.BatchNorm1d(channels));

    public override Tensor forward(Tensor input) => _norm.forward(input);
}
