using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Speaker;

/// <summary>
/// The x-vector network (Snyder et al., 2018) in SpeechBrain's form: convolutions over time, each with LeakyReLU then batch
/// normalisation, statistics pooling, one linear layer. State names are SpeechBrain's (<c>blocks.0.conv.weight</c>, ...).
/// </summary>
public sealed class XVector : SpeakerNetwork
{
    private readonly XVectorOptions _options;
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<Module<Tensor, Tensor>> _blocks;

    /// <summary>Makes the network with PyTorch's default initialisation.</summary>
    /// <param name="options">Its sizes; the defaults if null.</param>
    /// <exception cref="ArgumentException">The options make no network.</exception>
    public XVector(XVectorOptions? options = null)
        : base(nameof(XVector))
    {
        _options = options ?? new XVectorOptions();
        _options.Check();
        _blocks = nn.ModuleList<Module<Tensor, Tensor>>([.. MakeBlocks()]);
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
    public XVectorOptions Options => _options;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        CheckFeatures(input);
        Tensor current = input.transpose(1, 2);
        foreach (Module<Tensor, Tensor> block in _blocks)
        {
            Tensor next = block.forward(current);
            current.Dispose();
            current = next;
        }

        return current;
    }

    /// <summary>Computes what each block gives, for comparison with a reference.</summary>
    /// <param name="input">[batch, frames, bins].</param>
    /// <returns>Each block's output, [batch, channels, frames] before pooling.</returns>
    internal List<Tensor> ForwardBlocks(Tensor input)
    {
        List<Tensor> outputs = [];
        Tensor current = input.transpose(1, 2);
        foreach (Module<Tensor, Tensor> block in _blocks)
        {
            current = block.forward(current);
            outputs.Add(current.clone()); // a rectifier overwrites what it is given
        }

        return outputs;
    }

    private IEnumerable<Module<Tensor, Tensor>> MakeBlocks()
    {
        int channels = _options.MelBins;
        for (int n = 0; n < _options.Channels.Count; n++)
        {
            yield return new TimeConvolution(channels, _options.Channels[n], _options.KernelSizes[n], _options.Dilations[n]);
            yield return nn.LeakyReLU(inplace: true); // its derivative needs only what it gives
            channels = _options.Channels[n];
            yield return new ChannelNorm(channels);
        }

        yield return new StatisticsPooling();
        yield return new OutputLayer(2 * channels, _options.EmbeddingDimension);
    }

    /// <summary>A linear layer with its weights under <c>w</c>.</summary>
    private sealed class OutputLayer : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "w")]
        private readonly Linear _linear;

        public OutputLayer(int inputs, int outputs)
            : base(nameof(OutputLayer))
        {
            _linear = nn.Linear(inputs, outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _linear.forward(input);
    }
}

/// <summary>The sizes of an <see cref="XVector"/>. The defaults are SpeechBrain's <c>spkrec-xvect-voxceleb</c>.</summary>
public sealed record XVectorOptions
{
    /// <summary>A small network for a starter model: about 1.4 million weights, 5.6 MB.</summary>
    public static XVectorOptions Compact { get; } = new() { MelBins = 40, Channels = [256, 256, 256, 256, 768], EmbeddingDimension = 256 };

    /// <summary>Gets the number of mel bins.</summary>
    /// <value>The default is 24.</value>
    public int MelBins { get; init; } = 24;

    /// <summary>Gets the channels of each convolution.</summary>
    /// <value>The default is 512, 512, 512, 512, 1500.</value>
    public IReadOnlyList<int> Channels { get; init; } = [512, 512, 512, 512, 1500];

    /// <summary>Gets the taps of each convolution; odd.</summary>
    /// <value>The default is 5, 3, 3, 1, 1.</value>
    public IReadOnlyList<int> KernelSizes { get; init; } = [5, 3, 3, 1, 1];

    /// <summary>Gets the distance between taps of each convolution.</summary>
    /// <value>The default is 1, 2, 3, 1, 1.</value>
    public IReadOnlyList<int> Dilations { get; init; } = [1, 2, 3, 1, 1];

    /// <summary>Gets the length of an embedding.</summary>
    /// <value>The default is 512.</value>
    public int EmbeddingDimension { get; init; } = 512;

    /// <summary>Throws when the lists disagree in length or a size is not positive.</summary>
    /// <exception cref="ArgumentException">The options make no network.</exception>
    internal void Check()
    {
        bool alike = Channels.Count > 0 && Channels.Count == KernelSizes.Count && Channels.Count == Dilations.Count;
        bool positive = MelBins > 0 && EmbeddingDimension > 0
            && Channels.Concat(Dilations).All(size => size > 0) && KernelSizes.All(size => size > 0 && size % 2 == 1);
        if (!alike || !positive)
        {
            throw new ArgumentException(
                $"No network: {Channels.Count} channels, {KernelSizes.Count} kernel sizes and "
                + $"{Dilations.Count} dilations must be as many, positive, kernels odd.");
        }
    }
}
