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
