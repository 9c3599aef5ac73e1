namespace FaceVoice.Torch.Modules;

/// <summary>Cross-correlation over height and width. Parameters: <c>weight</c> [out, in / groups, kernel, kernel], <c>bias</c> [out].</summary>
public sealed class Conv2d : Module<Tensor, Tensor>
{
    private readonly long _stride;
    private readonly long _padding;
    private readonly long _dilation;
    private readonly long _groups;

    internal Conv2d(long inChannels, long outChannels, long kernelSize, long stride, long padding, long dilation, long groups, bool bias)
        : base(nameof(Conv2d))
    {
        (_stride, _padding, _dilation, _groups) = (stride, padding, dilation, groups);
        double bound = 1 / Math.Sqrt(inChannels / groups * kernelSize * kernelSize);
        weight = new Parameter(torch.empty(outChannels, inChannels / groups, kernelSize, kernelSize).uniform_(-bound, bound));
        register_parameter("weight", weight);
        this.bias = bias ? new Parameter(torch.empty(outChannels).uniform_(-bound, bound)) : null;
        register_parameter("bias", this.bias);
    }

    /// <summary>Gets the weights, [out, in / groups, kernel, kernel].</summary>
    public Parameter weight { get; }

    /// <summary>Gets the bias, [out], or null.</summary>
    public Parameter? bias { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        torch.nn.functional.conv2d(input, weight, bias, _stride, _padding, _dilation, _groups);
}
