using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>ECAPA's block: 1x1 convolution, Res2Net, 1x1 convolution, squeeze-excitation, and the input added.</summary>
internal sealed class EcapaBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "tdnn1")]
    private readonly TdnnBlock _first;
    [ComponentName(Name = "res2net_block")]
    private readonly Res2NetBlock _res2Net;
    [ComponentName(Name = "tdnn2")]
    private readonly TdnnBlock _second;
    [ComponentName(Name = "se_block")]
    private readonly SqueezeExcitation _squeezeExcitation;
    [ComponentName(Name = "shortcut")]
    private readonly TimeConvolution? _shortcut;

    public EcapaBlock(int inputs, int outputs, int kernel, int dilation, EcapaTdnnOptions options)
        : base(nameof(EcapaBlock))
    {
        _first = new TdnnBlock(inputs, outputs, 1);
        _res2Net = new Res2NetBlock(outputs, kernel, dilation, options.Res2NetScale);
        _second = new TdnnBlock(outputs, outputs, 1);
        _squeezeExcitation = new SqueezeExcitation(outputs, options.SqueezeChannels);
        _shortcut = inputs == outputs ? null : new TimeConvolution(inputs, outputs, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(ForwardParts(input).Output);
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

/// <summary>Cuts the channels into groups; each but the first is convolved together with the result of the one before it.</summary>
internal sealed class Res2NetBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<TdnnBlock> _blocks;

    public Res2NetBlock(int channels, int kernel, int dilation, int scale)
        : base(nameof(Res2NetBlock))
    {
        int width = channels / scale;
        _blocks = nn.ModuleList([.. Enumerable.Range(0, scale - 1).Select(_ => new TdnnBlock(width, width, kernel, dilation))]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] groups = input.chunk(_blocks.Count + 1, 1);
        Tensor[] results = new Tensor[groups.Length];
        results[0] = groups[0];
        for (int n = 1; n < groups.Length; n++)
        {
            Tensor given = n == 1 ? groups[n] : groups[n] + results[n - 1];
            results[n] = _blocks[n - 1].forward(given);
        }

        return scope.MoveToOuter(cat(results, 1));
    }
}

/// <summary>Scales each channel by a factor in (0, 1) that is computed from the channels' means over time.</summary>
internal sealed class SqueezeExcitation : Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly TimeConvolution _squeeze;
    [ComponentName(Name = "conv2")]
    private readonly TimeConvolution _excite;

    public SqueezeExcitation(int channels, int bottleneck)
        : base(nameof(SqueezeExcitation))
    {
        _squeeze = new TimeConvolution(channels, bottleneck, 1);
        _excite = new TimeConvolution(bottleneck, channels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = input.mean([2], keepdim: true);
        Tensor factors = _excite.forward(_squeeze.forward(mean).relu_()).sigmoid_();
        return scope.MoveToOuter(factors * input);
    }
}
