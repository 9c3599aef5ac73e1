namespace FaceVoice.Training.Networks.Speaker;

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
                + $"[{string.Join(", ", Dilations)}] must be as many (3 or more), positive, kernels odd, inner channels multiples of {Res2NetScale}.");
        }
    }
}
