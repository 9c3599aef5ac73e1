namespace FaceVoice.Inference.Voices;

/// <summary>How much a recording of a voice can be relied on.</summary>
public sealed record VoiceQuality
{
    /// <summary>Gets the length, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the speech in it, in seconds.</summary>
    public required double SpeechSeconds { get; init; }

    /// <summary>
    /// Gets the estimated ratio of speech to background noise, in decibels, from -10 to 60; 0 where there is no speech. Above about 20 is
    /// clean, below about 5 is poor.
    /// </summary>
    public required float SignalToNoiseDb { get; init; }

    /// <summary>Gets the share of samples that are cut off at full scale or at a flat top, in [0, 1].</summary>
    public required float ClippingShare { get; init; }

    /// <summary>
    /// Gets the frequency up to which the speech has energy, in hertz, at most 8,000; 0 where there is no speech. About 3,400 to 4,100
    /// means a telephone recording, whatever its sample rate now is.
    /// </summary>
    public required float BandwidthHz { get; init; }

    /// <summary>
    /// Gets the level of the loud moments, in decibels below full scale: from -100 (silence) to 0; speech is usually between -35 and -15.
    /// </summary>
    public float LevelDb { get; init; }
}
