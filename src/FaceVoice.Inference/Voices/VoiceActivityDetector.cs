using System.Numerics.Tensors;
using FaceVoice.Inference.Voices.Activity;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>Finds speech in sound (Silero VAD). Thread-safe; one session shared by all callers.</summary>
public sealed class VoiceActivityDetector : IDisposable
{
    private readonly VoiceActivityOptions _options;
    private readonly ActivityNetwork _network;

    /// <summary>Loads the network.</summary>
    /// <param name="options">What counts as speech; null for the defaults.</param>
    /// <exception cref="OnnxModelException">The model is missing or is another model.</exception>
    public VoiceActivityDetector(VoiceActivityOptions? options = null)
    {
        _options = options ?? new VoiceActivityOptions();
        _network = new ActivityNetwork(_options.ModelPath ?? SpeechModels.Activity);
    }

    /// <summary>Finds the speech of a clip.</summary>
    /// <param name="samples">Mono, 16 kHz, in [-1, 1]; may be empty.</param>
    /// <param name="cancellationToken">Stops between stretches of 3 s.</param>
    /// <exception cref="NonFiniteOutputException">The samples hold values that are not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public VoiceActivity Detect(ReadOnlySpan<float> samples, CancellationToken cancellationToken = default)
    {
        var level = SpeechLevel.Measure(samples);
        if (SpeechLevel.Gain(level) is { } gain)
        {
            var audible = new float[samples.Length];
            TensorPrimitives.Multiply(samples, gain, audible);
            samples = audible;
        }

        var probabilities = new float[(samples.Length + VoiceActivity.FrameLength - 1) / VoiceActivity.FrameLength];
        Span<float> context = stackalloc float[ActivityNetwork.ContextLength];
        Span<float> state = stackalloc float[ActivityNetwork.StateLength];
        context.Clear();
        state.Clear();
        _network.Run(samples, context, state, probabilities, cancellationToken);
        return Build(probabilities, samples.Length, level);
    }

    /// <summary>Starts to follow live sound.</summary>
    /// <returns>A tracker for one thread at a time.</returns>
    public VoiceActivityTracker Open() => new(_network);

    /// <summary>Reads segments out of the probabilities that a <see cref="VoiceActivityTracker"/> has told.</summary>
    /// <param name="probabilities">One value per <see cref="VoiceActivity.FrameLength"/> samples; kept, not copied.</param>
    /// <param name="sampleCount">The length of the sound in samples.</param>
    public VoiceActivity FromProbabilities(float[] probabilities, int sampleCount)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfNegative(sampleCount);
        return Build(probabilities, sampleCount, levelDb: 0);
    }

    private VoiceActivity Build(float[] probabilities, int sampleCount, float levelDb) =>
        new(sampleCount, probabilities, SegmentBuilder.Build(probabilities, sampleCount, _options)) { LevelDb = levelDb };

    /// <summary>Frees the session. No call may be under way, of trackers neither.</summary>
    public void Dispose() => _network.Dispose();
}

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

/// <summary>Where the pretrained speech models that travel with the program are expected.</summary>
public static class SpeechModels
{
    /// <summary>Gets the path of the speech activity network (Silero VAD, version 5).</summary>
    public static string Activity => PackagedModels.PathOf("speech", "silero_vad_v5.onnx");
}
