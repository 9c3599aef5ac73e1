namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Scales each channel by a factor in (0, 1) that is computed from the channels' means over time.</summary>
internal sealed class SqueezeExcitation : Module<Tensor, Tensor>
{
    private readonly TimeConvolution _squeeze;
    private readonly TimeConvolution _excite;

    public SqueezeExcitation(int channels, int bottleneck)
        : base(nameof(SqueezeExcitation))
    {
        _squeeze = register_module("conv1", new TimeConvolution(channels, bottleneck, 1));
        _excite = register_module("conv2", new TimeConvolution(bottleneck, channels, 1));
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = input.mean(2, keepdim: true);
        Tensor factors = _excite.forward(nn.functional.relu(_squeeze.forward(mean))).sigmoid();
        return scope.MoveToOuter(factors * input);
    }
}
