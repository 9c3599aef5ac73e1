namespace FaceVoice.Training.Networks.Speaker;

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
                $"No network: {Channels.Count} channels, {KernelSizes.Count} kernel sizes and {Dilations.Count} dilations must be as many, positive, kernels odd.");
        }
    }
}
