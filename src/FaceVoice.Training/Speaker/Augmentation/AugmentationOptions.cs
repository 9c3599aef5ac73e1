using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>How training crops are varied. Each kind has a probability a crop; 0 switches it off.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Gets no augmentation at all.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        Noise = 0,
        Babble = 0,
        Reverberation = 0,
        BandLimit = 0,
        Telephone = 0,
        Gain = 0,
        SpecAugment = 0,
        Speeds = [1],
    };

    /// <summary>Gets the speeds; every speed but 1 makes one more class of each speaker, as pitch and formants move with it.</summary>
    /// <value>The default is 0.9, 1 and 1.1.</value>
    public IReadOnlyList<double> Speeds { get; init; } = [0.9, 1, 1.1];

    /// <summary>Gets the probability of synthetic noise: a random mixture of white, pink and brown, sometimes swelling.</summary>
    /// <value>The default is 0.45.</value>
    [Range(0, 1)]
    public double Noise { get; init; } = 0.45;

    /// <summary>Gets the probability of other people talking in the background, taken from the training data.</summary>
    /// <value>The default is 0.2.</value>
    [Range(0, 1)]
    public double Babble { get; init; } = 0.2;

    /// <summary>Gets the lowest signal-to-noise ratio, in decibel; babble is 3 dB fainter.</summary>
    /// <value>The default is 3 dB.</value>
    [Range(-20, 60)]
    public double MinSnr { get; init; } = 3;

    /// <summary>Gets the highest signal-to-noise ratio, in decibel.</summary>
    /// <value>The default is 22 dB.</value>
    [Range(-20, 60)]
    public double MaxSnr { get; init; } = 22;

    /// <summary>Gets the probability of a simulated room.</summary>
    /// <value>The default is 0.4.</value>
    [Range(0, 1)]
    public double Reverberation { get; init; } = 0.4;

    /// <summary>Gets the probability of a low-pass and high-pass filter of random width.</summary>
    /// <value>The default is 0.25.</value>
    [Range(0, 1)]
    public double BandLimit { get; init; } = 0.25;

    /// <summary>Gets the probability of a telephone line: 300 to 3,400 Hz and G.711 mu-law quantisation.</summary>
    /// <value>The default is 0.08.</value>
    [Range(0, 1)]
    public double Telephone { get; init; } = 0.08;

    /// <summary>Gets the probability of a random gain from -20 to 6 dB, with clipping at full scale.</summary>
    /// <value>The default is 0.5.</value>
    [Range(0, 1)]
    public double Gain { get; init; } = 0.5;

    /// <summary>Gets the probability of masks over time and frequency.</summary>
    /// <value>The default is 0.7.</value>
    [Range(0, 1)]
    public double SpecAugment { get; init; } = 0.7;

    /// <summary>Gets the widest frequency mask, as a share of the bands.</summary>
    /// <value>The default is 0.15.</value>
    [Range(0, 0.5)]
    public double FrequencyMask { get; init; } = 0.15;

    /// <summary>Gets the longest time mask, as a share of the crop.</summary>
    /// <value>The default is 0.12.</value>
    [Range(0, 0.5)]
    public double TimeMask { get; init; } = 0.12;
}
