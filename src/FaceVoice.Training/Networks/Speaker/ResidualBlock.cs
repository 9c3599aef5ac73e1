using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>Two 3x3 convolutions with batch normalisation around a shortcut (He et al., 2016). <c>[B, C, F, T]</c> in and out; stride 2 halves F and T.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")]
    private readonly BatchNorm2d _bn1;
    [ComponentName(Name = "conv2")]
    private readonly Conv2d _conv2;
    [ComponentName(Name = "bn2")]
    private readonly BatchNorm2d _bn2;
    [ComponentName(Name = "shortcut_conv")]
    private readonly Conv2d? _shortcut;
    [ComponentName(Name = "shortcut_bn")]
    private readonly BatchNorm2d? _shortcutNorm;

    public ResidualBlock(int from, int to, int stride)
        : base(nameof(ResidualBlock))
    {
        _conv1 = nn.Conv2d(from, to, 3, stride, padding: 1, bias: false);
        _bn1 = nn.BatchNorm2d(to);
        _conv2 = nn.Conv2d(to, to, 3, padding: 1, bias: false);
        _bn2 = nn.BatchNorm2d(to);
        if (stride != 1 || from != to)
        {
            _shortcut = nn.Conv2d(from, to, 1, stride, bias: false);
            _shortcutNorm = nn.BatchNorm2d(to);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        var inner = _bn1.forward(_conv1.forward(input)).relu_();
        var outer = _shortcut is null ? input : _shortcutNorm!.forward(_shortcut.forward(input));
        return scope.MoveToOuter(_bn2.forward(_conv2.forward(inner)).add_(outer).relu_());
    }
}
