namespace FaceVoice.Inference.Voices;

/// <summary>Which windows of a recording are taken.</summary>
public sealed record VoiceWindowOptions
{
    /// <summary>Gets the length of a window, in seconds; a shorter recording is taken whole.</summary>
    /// <value>The default is 3 s.</value>
    public double Seconds { get; init; } = 3;

    /// <summary>Gets the most windows taken from one recording, 1 or more.</summary>
    /// <value>The default is 4.</value>
    public int MaxWindows { get; init; } = 4;

    /// <summary>Gets the most that two windows may overlap, as a share of their length, in [0, 1).</summary>
    /// <value>The default is 0.25.</value>
    public double MaxOverlap { get; init; } = 0.25;

    /// <summary>Gets the least speech in a window, in seconds.</summary>
    /// <value>The default is 1 s.</value>
    public double MinSpeechSeconds { get; init; } = 1;

    /// <summary>Gets the grid on which windows begin, in seconds.</summary>
    /// <value>The default is 0.1 s.</value>
    public double HopSeconds { get; init; } = 0.1;
}
