namespace FaceVoice.Inference.Voices;

/// <summary>What counts as speech.</summary>
public sealed record VoiceActivityOptions
{
    /// <summary>Gets the speech probability from which a segment begins, in (0, 1).</summary>
    /// <value>The default is 0.5.</value>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>Gets how far below <see cref="Threshold"/> the probability must fall for a segment to end.</summary>
    /// <value>The default is 0.15.</value>
    public float Hysteresis { get; init; } = 0.15f;

    /// <summary>Gets the shortest segment that is kept, in seconds.</summary>
    /// <value>The default is 0.25 s.</value>
    public double MinSpeechSeconds { get; init; } = 0.25;

    /// <summary>Gets the shortest pause that parts two segments, in seconds.</summary>
    /// <value>The default is 0.1 s.</value>
    public double MinSilenceSeconds { get; init; } = 0.1;

    /// <summary>Gets what is added at both ends of a segment, in seconds.</summary>
    /// <value>The default is 0.03 s.</value>
    public double PaddingSeconds { get; init; } = 0.03;

    /// <summary>Gets the network's file.</summary>
    /// <value>The default, null, is the one that travels with the program.</value>
    public string? ModelPath { get; init; }
}
