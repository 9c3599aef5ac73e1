namespace FaceVoice.Torch.Modules;

/// <summary>Cross-correlation over time, [batch, in, time] to [batch, out, time']. Parameters: <c>weight</c> [out, in / groups, kernel], <c>bias</c> [out].</summary>
public sealed class Conv1d : Module<Tensor, Tensor>
{
    private readonly long _stride;
    private readonly long _padding;
    private readonly long _dilation;
    private readonly long _groups;
    private readonly PaddingModes _mode;

    internal Conv1d(
        long inChannels, long outChannels, long kernelSize, long stride, long padding, long dilation, PaddingModes mode, long groups, bool bias)
        : base(nameof(Conv1d))
    {
        (_stride, _padding, _dilation, _mode, _groups) = (stride, padding, dilation, mode, groups);
        double bound = 1 / Math.Sqrt(inChannels / groups * kernelSize);
        weight = new Parameter(torch.empty(outChannels, inChannels / groups, kernelSize).uniform_(-bound, bound));
        register_parameter("weight", weight);
        this.bias = bias ? new Parameter(torch.empty(outChannels).uniform_(-bound, bound)) : null;
        register_parameter("bias", this.bias);
    }

    /// <summary>Gets the weights, [out, in / groups, kernel].</summary>
    public Parameter weight { get; }

    /// <summary>Gets the bias, [out], or null.</summary>
    public Parameter? bias { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (_mode == PaddingModes.Constant || _padding == 0)
        {
            return torch.nn.functional.conv1d(input, weight, bias, _stride, _padding, _dilation, _groups);
        }

        using Tensor padded = torch.nn.functional.pad(input, [_padding, _padding], _mode);
        return torch.nn.functional.conv1d(padded, weight, bias, _stride, 0, _dilation, _groups);
    }
}
