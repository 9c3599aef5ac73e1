namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Convolution, rectifier, then batch normalisation, in SpeechBrain's order. Weights under <c>conv.conv</c> and <c>norm.norm</c>.</summary>
internal sealed class TdnnBlock : Module<Tensor, Tensor>
{
    private readonly TimeConvolution _convolution;
    private readonly ChannelNorm _norm;

    public TdnnBlock(int inputs, int outputs, int kernel, int dilation = 1)
        : base(nameof(TdnnBlock))
    {
        _convolution = register_module("conv", new TimeConvolution(inputs, outputs, kernel, dilation));
        _norm = register_module("norm", new ChannelNorm(outputs));
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = _convolution.forward(input);
        return _norm.forward(convolved.relu_()); // in place: neither derivative needs what stood there
    }
}
