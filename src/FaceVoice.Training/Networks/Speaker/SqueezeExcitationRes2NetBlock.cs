namespace FaceVoice.Training.Networks.Speaker;

/// <summary>ECAPA's block: 1x1 convolution, Res2Net, 1x1 convolution, squeeze-excitation, and the input added.</summary>
internal sealed class SqueezeExcitationRes2NetBlock : Module<Tensor, Tensor>
{
    private readonly TdnnBlock _first;
    private readonly Res2NetBlock _res2Net;
    private readonly TdnnBlock _second;
    private readonly SqueezeExcitation _squeezeExcitation;
    private readonly TimeConvolution? _shortcut;

    public SqueezeExcitationRes2NetBlock(int inputs, int outputs, int kernel, int dilation, EcapaTdnnOptions options)
        : base(nameof(SqueezeExcitationRes2NetBlock))
    {
        _first = register_module("tdnn1", new TdnnBlock(inputs, outputs, 1));
        _res2Net = register_module("res2net_block", new Res2NetBlock(outputs, kernel, dilation, options.Res2NetScale));
        _second = register_module("tdnn2", new TdnnBlock(outputs, outputs, 1));
        _squeezeExcitation = register_module("se_block", new SqueezeExcitation(outputs, options.SqueezeChannels));
        _shortcut = inputs == outputs ? null : register_module("shortcut", new TimeConvolution(inputs, outputs, 1));
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = _squeezeExcitation.forward(_second.forward(_res2Net.forward(_first.forward(input))));
        return scope.MoveToOuter(scaled + (_shortcut is null ? input : _shortcut.forward(input)));
    }

    /// <summary>The output and, before it, what each part gives, for comparison with a reference.</summary>
    internal (Tensor First, Tensor Res2Net, Tensor Second, Tensor Scaled, Tensor Output) ForwardParts(Tensor input)
    {
        Tensor first = _first.forward(input);
        Tensor res2Net = _res2Net.forward(first);
        Tensor second = _second.forward(res2Net);
        Tensor scaled = _squeezeExcitation.forward(second);
        return (first, res2Net, second, scaled, scaled + (_shortcut is null ? input : _shortcut.forward(input)));
    }
}
