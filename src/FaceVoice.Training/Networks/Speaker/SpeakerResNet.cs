using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// A small two-dimensional residual network over log-mels with attentive statistics pooling: learns from hours, not thousands of hours, as it
/// shares its filters along frequency. Features in decibel [batch, frames, bins], each bin's mean over time taken out, to [batch, dimension].
/// </summary>
/// <remarks>
/// Every kernel sees zeros beyond the ends of time and frequency. Source of the design: Chung et al., "In defence of metric learning for speaker
/// recognition" (Fast ResNet), and Okabe et al., "Attentive statistics pooling for deep speaker embedding" (2018); sizes are our own.
/// </remarks>
public sealed class SpeakerResNet : SpeakerNetwork
{
    /// <summary>Features are multiplied by this, which brings decibel to about unit variance.</summary>
    public const double InputScale = 0.1;

    /// <summary>Least variance in pooling.</summary>
    public const double VarianceFloor = 1e-5;

    [ComponentName(Name = "stem_conv")]
    private readonly Conv2d _stem;
    [ComponentName(Name = "stem_bn")]
    private readonly BatchNorm2d _stemNorm;
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<ResidualBlock> _blocks;
    [ComponentName(Name = "attention1")]
    private readonly Conv1d _attention1;
    [ComponentName(Name = "attention2")]
    private readonly Conv1d _attention2;
    [ComponentName(Name = "pool_bn")]
    private readonly BatchNorm1d _norm;
    [ComponentName(Name = "linear")]
    private readonly Linear _linear;

    /// <summary>Makes a network with PyTorch's default initialisation, from the current random state.</summary>
    /// <param name="options">The sizes.</param>
    public SpeakerResNet(SpeakerResNetOptions options)
        : base(nameof(SpeakerResNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _stem = nn.Conv2d(1, options.Channels[0], 3, 2, padding: 1, bias: false);
        _stemNorm = nn.BatchNorm2d(options.Channels[0]);
        _blocks = nn.ModuleList<ResidualBlock>([.. MakeBlocks(options)]);
        var rows = options.PooledRows;
        _attention1 = nn.Conv1d(rows, options.AttentionChannels, 1);
        _attention2 = nn.Conv1d(options.AttentionChannels, rows, 1);
        _norm = nn.BatchNorm1d(2 * rows);
        _linear = nn.Linear(2 * rows, options.EmbeddingSize);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public SpeakerResNetOptions Options { get; }

    /// <inheritdoc/>
    public override int MelBins => Options.MelBands;

    /// <inheritdoc/>
    public override int Dimension => Options.EmbeddingSize;

    /// <inheritdoc/>
    public override int MinFrames => 1;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckFeatures(input);
        using DisposeScope scope = NewDisposeScope();
        var x = _stemNorm.forward(_stem.forward(input.transpose(1, 2).mul(InputScale).unsqueeze(1))).relu_();
        foreach (var block in _blocks)
        {
            x = block.forward(x);
        }

        x = x.flatten(1, 2);
        var weights = _attention2.forward(_attention1.forward(x).tanh()).softmax(2);
        var weighted = weights.mul(x);
        var mean = weighted.sum(2);
        var variance = weighted.mul(x).sum(2).sub(mean.square());
        var pooled = cat([mean, variance.clamp_min(VarianceFloor).sqrt()], 1);
        return scope.MoveToOuter(_linear.forward(_norm.forward(pooled)));
    }

    private static IEnumerable<ResidualBlock> MakeBlocks(SpeakerResNetOptions options)
    {
        var from = options.Channels[0];
        for (var stage = 0; stage < options.Channels.Count; stage++)
        {
            for (var n = 0; n < options.Blocks[stage]; n++)
            {
                yield return new ResidualBlock(from, options.Channels[stage], stage > 0 && n == 0 ? 2 : 1);
                from = options.Channels[stage];
            }
        }
    }
}

/// <summary>The size of a <see cref="SpeakerResNet"/>.</summary>
public sealed record SpeakerResNetOptions
{
    /// <summary>Gets the number of mel bands of the input.</summary>
    /// <value>The default is 80.</value>
    public int MelBands { get; init; } = 80;

    /// <summary>Gets the channels of each stage; every stage but the first halves time and frequency, as the stem does.</summary>
    /// <value>The default is 16, 32, 64, 128.</value>
    public IReadOnlyList<int> Channels { get; init; } = [16, 32, 64, 128];

    /// <summary>Gets the number of residual blocks of each stage.</summary>
    /// <value>The default is one a stage.</value>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 1, 1, 1];

    /// <summary>Gets the width of the attention before pooling.</summary>
    /// <value>The default is 64.</value>
    public int AttentionChannels { get; init; } = 64;

    /// <summary>Gets the length of the embedding.</summary>
    /// <value>The default is 256.</value>
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>Gets the number of rows that pooling sees: the last stage's channels times what is left of the bands.</summary>
    public int PooledRows
    {
        get
        {
            var bands = (MelBands + 1) / 2;
            for (var stage = 1; stage < Channels.Count; stage++)
            {
                bands = (bands + 1) / 2;
            }

            return bands * Channels[^1];
        }
    }
}

/// <summary>Two 3x3 convolutions with batch normalisation around a shortcut (He et al., 2016).
/// <c>[B, C, F, T]</c> in and out; stride 2 halves F and T.</summary>
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
