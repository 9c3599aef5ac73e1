namespace FaceVoice.Media;

/// <summary>Mono sound at 16 kHz. Immutable and thread-safe as long as nobody writes to the memory it was made from.</summary>
public sealed class AudioClip
{
    /// <summary>Samples per second of every clip, in hertz.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Wraps samples that are already mono 16 kHz; they are not copied.</summary>
    /// <param name="samples">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1].</param>
    /// <param name="source">What they were made from; null means they were mono 16 kHz float to begin with.</param>
    public AudioClip(ReadOnlyMemory<float> samples, AudioSource? source = null)
    {
        Samples = samples;
        Source = source ?? new AudioSource(SampleRate, 1, "pcm_f32le");
    }

    /// <summary>Gets the samples, mono, <see cref="SampleRate"/> per second, nominally in [-1, 1]; always finite where a decoder made them.</summary>
    public ReadOnlyMemory<float> Samples { get; }

    /// <summary>Gets the length in seconds.</summary>
    public double Seconds => (double)Samples.Length / SampleRate;

    /// <summary>Gets what the clip was made from.</summary>
    public AudioSource Source { get; }

    /// <summary>Gets sentences about what is doubtful in the recording: it is cut off, its channels cancel.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Gets whether its channels hold speech of two, by its loud and quiet moments: one channel was taken, and which of the two is meant is
    /// not known.
    /// </summary>
    public bool HoldsTwoVoices { get; init; }

    /// <summary>A part of the clip that shares its samples.</summary>
    /// <param name="startSeconds">Where it begins, 0 or more; rounded to a sample.</param>
    /// <param name="seconds">How long it is; cut at the end of the clip.</param>
    /// <exception cref="ArgumentOutOfRangeException">The start lies outside the clip or the length is negative.</exception>
    public AudioClip Slice(double startSeconds, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startSeconds);
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startSeconds, Seconds);
        var start = Math.Min((int)Math.Round(startSeconds * SampleRate), Samples.Length);
        var length = (int)Math.Min(Math.Round(seconds * SampleRate), Samples.Length - start);
        return new AudioClip(Samples.Slice(start, length), Source) { Warnings = Warnings, HoldsTwoVoices = HoldsTwoVoices };
    }
}
