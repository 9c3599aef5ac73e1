using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference;

/// <summary>How an engine runs. The defaults suit a service that uses all cores.</summary>
public sealed record FaceVoiceEngineOptions
{
    /// <summary>Gets what media may ask for.</summary>
    public MediaLimits Media { get; init; } = new();

    /// <summary>Gets how the audio of a recording is chosen.</summary>
    public AudioDecoderOptions Audio { get; init; } = new();

    /// <summary>Gets how faces are found.</summary>
    public FaceAnalyzerOptions Faces { get; init; } = new();

    /// <summary>Gets the face encoder's file where it is neither in the bundle nor the one that travels with the program.</summary>
    public string? FaceEncoderPath { get; init; }

    /// <summary>
    /// Gets whether the heads are loaded, and the face network that they may have of their own; without them embeddings cost less and there
    /// is no joint
    /// space.
    /// </summary>
    /// <value>The default is true.</value>
    public bool JointSpace { get; init; } = true;

    /// <summary>Gets what counts as speech.</summary>
    public VoiceActivityOptions Activity { get; init; } = new();

    /// <summary>Gets which windows of a recording are encoded.</summary>
    /// <value>The default is up to 8 windows of 3 s with half a second of speech or more.</value>
    public VoiceWindowOptions Windows { get; init; } = new() { MaxWindows = 8, MinSpeechSeconds = 0.5 };

    /// <summary>Gets from which quality on a score is worth reading.</summary>
    public EvidenceOptions Evidence { get; init; } = new();

    /// <summary>Gets where the two encoders run; the small networks always run on the processor.</summary>
    /// <value>The default is the processor.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Cpu;

    /// <summary>Gets how many pieces of media are decoded and encoded at once, 1 or more.</summary>
    /// <value>The default is the number of processor cores.</value>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets the most pieces of media that wait or run, 1 or more; more are refused at once.</summary>
    /// <value>The default is 64.</value>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>Gets the memory for results of media that may come again, in bytes; 0 keeps none.</summary>
    /// <value>The default is 64 MiB.</value>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>Gets the clock that timings come from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
