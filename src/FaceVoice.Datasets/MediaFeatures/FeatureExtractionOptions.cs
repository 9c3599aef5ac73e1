using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Datasets.MediaFeatures;

/// <summary>How media become features.</summary>
public sealed record FeatureExtractionOptions
{
    /// <summary>Gets the folder of the feature cache.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Gets the seconds of a voice window.</summary>
    /// <value>The default is 3.</value>
    [Range(0.5, 60.0)]
    public double WindowSeconds { get; init; } = 3;

    /// <summary>Gets the most voice windows of a recording.</summary>
    /// <value>The default is 4.</value>
    [Range(1, 64)]
    public int VoiceWindows { get; init; } = 4;

    /// <summary>Gets a value indicating whether the mirrored face and slightly shifted crops are used as well.</summary>
    /// <value>The default is true.</value>
    public bool AugmentFaces { get; init; } = true;

    /// <summary>Gets the mel bands of spectra that are to stand in for voice embeddings, for training the speaker encoder as well; 0 for embeddings.</summary>
    /// <value>The default is 0.</value>
    [Range(0, 1_024)]
    public int SpectrumBands { get; init; }

    /// <summary>Gets how many pairs are worked on at a time.</summary>
    /// <value>The default is the number of cores.</value>
    [Range(1, 1_024)]
    public int Jobs { get; init; } = Environment.ProcessorCount;
}
