namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// ECAPA-TDNN (Desplanques et al., 2020) in SpeechBrain's form; state names are SpeechBrain's
/// (<c>blocks.0.conv.conv.weight</c>, <c>mfa</c>, <c>asp</c>, <c>asp_bn</c>, <c>fc</c>).
/// </summary>
/// <remarks>Each squeeze-excitation block is fed the previous block's output only; their outputs are joined by the aggregation.</remarks>
public sealed class EcapaTdnn : SpeakerNetwork
{
    private readonly EcapaTdnnOptions _options;
    private readonly TdnnBlock _first;
    private readonly SqueezeExcitationRes2NetBlock[] _blocks;
    private readonly TdnnBlock _aggregation;
    private readonly AttentiveStatisticsPooling _pooling;
    private readonly ChannelNorm _poolingNorm;
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
        _first = new TdnnBlock(_options.MelBins, channels[0], _options.KernelSizes[0], _options.Dilations[0]);
        _blocks =
        [
            .. Enumerable.Range(1, last - 1).Select(n => new SqueezeExcitationRes2NetBlock(
                channels[n - 1], channels[n], _options.KernelSizes[n], _options.Dilations[n], _options)),
        ];
        register_module("blocks", nn.ModuleList<Module>([_first, .. _blocks]));
        _aggregation = register_module(
            "mfa", new TdnnBlock(channels.Skip(1).SkipLast(1).Sum(), channels[last], _options.KernelSizes[last], _options.Dilations[last]));
        _pooling = register_module("asp", new AttentiveStatisticsPooling(channels[last], _options.AttentionChannels));
        _poolingNorm = register_module("asp_bn", new ChannelNorm(2 * channels[last]));
        _output = register_module("fc", new TimeConvolution(2 * channels[last], _options.EmbeddingDimension, 1));
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
        Tensor current = _first.forward(input.transpose(1, 2));
        Tensor[] outputs = new Tensor[_blocks.Length];
        for (int n = 0; n < outputs.Length; n++)
        {
            current = outputs[n] = _blocks[n].forward(current);
        }

        Tensor pooled = _pooling.forward(_aggregation.forward(cat(outputs, 1)));
        return scope.MoveToOuter(_output.forward(_poolingNorm.forward(pooled).unsqueeze(2)).squeeze(2));
    }

    /// <summary>Computes what each part gives, by the reference's names, for comparison with it.</summary>
    internal Dictionary<string, Tensor> ForwardParts(Tensor input)
    {
        Dictionary<string, Tensor> parts = [];
        Tensor current = parts["blocks0"] = _first.forward(input.transpose(1, 2));
        List<Tensor> outputs = [];
        for (int n = 0; n < _blocks.Length; n++)
        {
            string name = $"blocks{n + 1}";
            (parts[name + "_tdnn1"], parts[name + "_res2net"], parts[name + "_tdnn2"], parts[name + "_se"], current) =
                _blocks[n].ForwardParts(current);
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
