namespace FaceVoice.Models;

/// <summary>What a speaker encoder expects of its waveform, and what it computes from it first (inside the graph).</summary>
public sealed record SpeakerPreprocessing
{
    /// <summary>Sample rate in hertz.</summary>
    /// <value>The default is 16,000 Hz.</value>
    public int SampleRate { get; init; } = 16_000;

    /// <summary>Mel bands of the log-mel features.</summary>
    public required int MelBins { get; init; }

    /// <summary>The shortest row that the network can take, in samples; shorter ones give meaningless values.</summary>
    public required int MinSamples { get; init; }
}
