namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Two 3x3 convolutions with batch normalisation around a shortcut (He et al., 2016). <c>[B, C, F, T]</c> in and out; stride 2 halves F and T.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Conv2d _conv2;
    private readonly BatchNorm2d _bn2;
    private readonly Conv2d? _shortcut;
    private readonly BatchNorm2d? _shortcutNorm;

    public ResidualBlock(int from, int to, int stride)
        : base(nameof(ResidualBlock))
    {
        _conv1 = register_module("conv1", nn.Conv2d(from, to, 3, stride, padding: 1, bias: false));
        _bn1 = register_module("bn1", nn.BatchNorm2d(to));
        _conv2 = register_module("conv2", nn.Conv2d(to, to, 3, padding: 1, bias: false));
        _bn2 = register_module("bn2", nn.BatchNorm2d(to));
        if (stride != 1 || from != to)
        {
            _shortcut = register_module("shortcut_conv", nn.Conv2d(from, to, 1, stride, bias: false));
            _shortcutNorm = register_module("shortcut_bn", nn.BatchNorm2d(to));
        }
    }

    public override Tensor forward(Tensor input)
    {
        var inner = _bn1.forward(_conv1.forward(input)).relu_();
        var outer = _shortcut is null ? input : _shortcutNorm!.forward(_shortcut.forward(input));
        return _bn2.forward(_conv2.forward(inner)).add_(outer).relu_();
    }
}
