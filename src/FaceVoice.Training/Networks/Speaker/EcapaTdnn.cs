using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// ECAPA-TDNN (Desplanques et al., 2020) in SpeechBrain's form; state names are SpeechBrain's
/// (<c>blocks.0.conv.conv.weight</c>, <c>mfa</c>, <c>asp</c>, <c>asp_bn</c>, <c>fc</c>).
/// </summary>
/// <remarks>Each squeeze-excitation block is fed the previous block's output only; their outputs are joined by the aggregation.</remarks>
public sealed class EcapaTdnn : SpeakerNetwork
{
    private readonly EcapaTdnnOptions _options;

    // The first is a TdnnBlock, the others are EcapaBlocks.
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<Module<Tensor, Tensor>> _blocks;
    [ComponentName(Name = "mfa")]
    private readonly TdnnBlock _aggregation;
    [ComponentName(Name = "asp")]
    private readonly AttentiveStatisticsPooling _pooling;
    [ComponentName(Name = "asp_bn")]
    private readonly ChannelNorm _poolingNorm;
    [ComponentName(Name = "fc")]
    private readonly TimeConvolution _output;

    /// <summary>Makes the network with PyTorch's default initialisation.</summary>
    /// <param name="options">Its sizes; the defaults if null.</param>
    /// <exception cref="ArgumentException">The options make no network.</exception>
    public EcapaTdnn(EcapaTdnnOptions? options = null)
        : base(nameof(EcapaTdnn))
    {
        _options = options ?? new EcapaTdnnOptions();
        _options.Check();
        int last = _options.Channels.Count - 1;
        IReadOnlyList<int> channels = _options.Channels;
        _blocks = nn.ModuleList<Module<Tensor, Tensor>>(
        [
            new TdnnBlock(_options.MelBins, channels[0], _options.KernelSizes[0], _options.Dilations[0]),
            .. Enumerable.Range(1, last - 1).Select(n =>
                new EcapaBlock(channels[n - 1], channels[n], _options.KernelSizes[n], _options.Dilations[n], _options)),
        ]);
        int joined = channels.Skip(1).SkipLast(1).Sum();
        _aggregation = new TdnnBlock(joined, channels[last], _options.KernelSizes[last], _options.Dilations[last]);
        _pooling = new AttentiveStatisticsPooling(channels[last], _options.AttentionChannels);
        _poolingNorm = new ChannelNorm(2 * channels[last]);
        _output = new TimeConvolution(2 * channels[last], _options.EmbeddingDimension, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int MelBins => _options.MelBins;

    /// <inheritdoc/>
    public override int Dimension => _options.EmbeddingDimension;

    /// <inheritdoc/>
    public override int MinFrames =>
        1 + _options.KernelSizes.Zip(_options.Dilations, (kernel, dilation) => dilation * (kernel - 1) / 2).Max();

    /// <summary>Gets the network's sizes.</summary>
    public EcapaTdnnOptions Options => _options;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckFeatures(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor current = _blocks[0].forward(input.transpose(1, 2));
        Tensor[] outputs = new Tensor[_blocks.Count - 1];
        for (int n = 0; n < outputs.Length; n++)
        {
            current = outputs[n] = _blocks[n + 1].forward(current);
        }

        Tensor pooled = _pooling.forward(_aggregation.forward(cat(outputs, 1)));
        return scope.MoveToOuter(_output.forward(_poolingNorm.forward(pooled).unsqueeze(2)).squeeze(2));
    }

    /// <summary>Computes what each part gives, by the reference's names, for comparison with it.</summary>
    internal Dictionary<string, Tensor> ForwardParts(Tensor input)
    {
        Dictionary<string, Tensor> parts = [];
        Tensor current = parts["blocks0"] = _blocks[0].forward(input.transpose(1, 2));
        List<Tensor> outputs = [];
        for (int n = 1; n < _blocks.Count; n++)
        {
            string name = $"blocks{n}";
            (parts[name + "_tdnn1"], parts[name + "_res2net"], parts[name + "_tdnn2"], parts[name + "_se"], current) =
                ((EcapaBlock)_blocks[n]).ForwardParts(current);
            parts[name] = current;
            outputs.Add(current);
        }

        Tensor aggregated = parts["mfa"] = _aggregation.forward(cat([.. outputs], 1));
        (parts["asp_tdnn"], parts["asp_conv"], parts["asp"]) = _pooling.ForwardParts(aggregated);
        parts["asp_bn"] = _poolingNorm.forward(parts["asp"]);
        parts["fc"] = _output.forward(parts["asp_bn"].unsqueeze(2)).squeeze(2);
        return parts;
    }
}

/// <summary>The sizes of an <see cref="EcapaTdnn"/>. The defaults are SpeechBrain's <c>spkrec-ecapa-voxceleb</c>.</summary>
public sealed record EcapaTdnnOptions
{
    /// <summary>A small network for a starter model: about 1.7 million weights, 7 MB.</summary>
    public static EcapaTdnnOptions Compact { get; } =
        new() { Channels = [256, 256, 256, 256, 768], AttentionChannels = 64, SqueezeChannels = 64 };

    /// <summary>Gets the number of mel bins.</summary>
    /// <value>The default is 80.</value>
    public int MelBins { get; init; } = 80;

    /// <summary>Gets the channels of the first block, the squeeze-excitation blocks, and the aggregation.</summary>
    /// <value>The default is 1024, 1024, 1024, 1024, 3072.</value>
    public IReadOnlyList<int> Channels { get; init; } = [1024, 1024, 1024, 1024, 3072];

    /// <summary>Gets the taps of each; odd.</summary>
    /// <value>The default is 5, 3, 3, 3, 1.</value>
    public IReadOnlyList<int> KernelSizes { get; init; } = [5, 3, 3, 3, 1];

    /// <summary>Gets the distance between taps of each.</summary>
    /// <value>The default is 1, 2, 3, 4, 1.</value>
    public IReadOnlyList<int> Dilations { get; init; } = [1, 2, 3, 4, 1];

    /// <summary>Gets the channels of the attention's bottleneck.</summary>
    /// <value>The default is 128.</value>
    public int AttentionChannels { get; init; } = 128;

    /// <summary>Gets the channels of the squeeze-excitation's bottleneck.</summary>
    /// <value>The default is 128.</value>
    public int SqueezeChannels { get; init; } = 128;

    /// <summary>Gets the number of groups into which a Res2Net block cuts its channels.</summary>
    /// <value>The default is 8.</value>
    public int Res2NetScale { get; init; } = 8;

    /// <summary>Gets the length of an embedding.</summary>
    /// <value>The default is 192.</value>
    public int EmbeddingDimension { get; init; } = 192;

    /// <summary>Throws when the lists disagree in length or a size does not work.</summary>
    /// <exception cref="ArgumentException">The options make no network.</exception>
    internal void Check()
    {
        bool alike = Channels.Count >= 3 && Channels.Count == KernelSizes.Count && Channels.Count == Dilations.Count;
        bool positive = MelBins > 0 && EmbeddingDimension > 0 && AttentionChannels > 0 && SqueezeChannels > 0 && Res2NetScale > 1
            && Channels.Concat(Dilations).All(size => size > 0) && KernelSizes.All(size => size > 0 && size % 2 == 1);
        bool divisible = Channels.Skip(1).SkipLast(1).All(channels => channels % Res2NetScale == 0);
        if (!alike || !positive || !divisible)
        {
            throw new ArgumentException(
                $"No network: channels [{string.Join(", ", Channels)}], kernels [{string.Join(", ", KernelSizes)}] and dilations "
                + $"[{string.Join(", ", Dilations)}] must be as many (3 or more), positive, "
                + $"kernels odd, inner channels multiples of {Res2NetScale}.");
        }
    }
}
