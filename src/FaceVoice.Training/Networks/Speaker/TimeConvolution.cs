namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Convolution over time that keeps the length: [batch, channels, time], ends padded by reflection. Weights under <c>conv</c>.</summary>
internal sealed class TimeConvolution : Module<Tensor, Tensor>
{
    private readonly Conv1d _convolution;

    public TimeConvolution(int inputs, int outputs, int kernel, int dilation = 1)
        : base(nameof(TimeConvolution))
    {
        long padding = (long)dilation * (kernel - 1) / 2;
        _convolution = register_module(
            "conv", nn.Conv1d(inputs, outputs, kernel, padding: padding, dilation: dilation, padding_mode: PaddingModes.Reflect));
    }

    public override Tensor forward(Tensor input) => _convolution.forward(input);
}
