using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Convolution, rectifier, then batch normalisation, in SpeechBrain's order. Weights under <c>conv.conv</c> and <c>norm.norm</c>.</summary>
internal sealed class TdnnBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly TimeConvolution _convolution;
    [ComponentName(Name = "norm")]
    private readonly ChannelNorm _norm;

    public TdnnBlock(int inputs, int outputs, int kernel, int dilation = 1)
        : base(nameof(TdnnBlock))
    {
        _convolution = new TimeConvolution(inputs, outputs, kernel, dilation);
        _norm = new ChannelNorm(outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = _convolution.forward(input);
        using Tensor rectified = convolved.relu_(); // in place: neither derivative needs what stood there
        return _norm.forward(rectified);
    }
}

/// <summary>Convolution over time that keeps the length: [batch, channels, time], ends padded by reflection. Weights under <c>conv</c>.</summary>
internal sealed class TimeConvolution : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly Conv1d _convolution;
    private readonly long _reach;
    private readonly long _missing;

    public TimeConvolution(int inputs, int outputs, int kernel, int dilation = 1)
        : base(nameof(TimeConvolution))
    {
        long padding = (long)dilation * (kernel - 1) / 2;
        (_reach, _missing) = (padding, OneDnn.MissingChannels(inputs, kernel));
        // Reflection by nothing would still copy the input.
        PaddingModes mode = padding == 0 ? PaddingModes.Zeros : PaddingModes.Reflect;
        _convolution = nn.Conv1d(inputs, outputs, kernel, padding: padding, dilation: dilation, padding_mode: mode);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        if (_missing == 0)
        {
            return _convolution.forward(input);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor reflected = _reach == 0 ? input : nn.functional.pad(input, [_reach, _reach], PaddingModes.Reflect);
        long[] channels = [0, 0, 0, _missing];
        return scope.MoveToOuter(nn.functional.conv1d(
            nn.functional.pad(reflected, channels), nn.functional.pad(_convolution.weight, channels), _convolution.bias, dilation: _convolution.dilation[0]));
    }
}

/// <summary>Batch normalisation of each channel. Weights under <c>norm</c>.</summary>
internal sealed class ChannelNorm : Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")]
    private readonly BatchNorm1d _norm;

    public ChannelNorm(int channels)
        : base(nameof(ChannelNorm))
    {
        _norm = nn.BatchNorm1d(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _norm.forward(input);
}
