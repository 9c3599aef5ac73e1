using FaceVoice.Inference.Voices.Quality;
using FaceVoice.Media;

namespace FaceVoice.Inference.Voices;

/// <summary>Chooses the best windows of a recording: most speech, least clipping, little overlap. Deterministic and thread-safe.</summary>
/// <remarks>
/// Greedy: among all windows on the grid, the one with the highest speech share, less ten times its clipping share; then the next one that
/// overlaps no chosen window by more than allowed. Of equals, the earlier.
/// </remarks>
public sealed class VoiceWindowSelector
{
    private const float ClippingWeight = 10;

    private readonly VoiceWindowOptions _options;
    private readonly int _length;
    private readonly int _hop;

    /// <summary>Makes a selector.</summary>
    /// <param name="options">Which windows to take; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public VoiceWindowSelector(VoiceWindowOptions? options = null)
    {
        _options = options ?? new VoiceWindowOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxWindows, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Seconds, 0.1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.HopSeconds, 0.001, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(_options.MaxOverlap, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(_options.MaxOverlap, 1, nameof(options));
        _length = (int)Math.Round(_options.Seconds * AudioClip.SampleRate);
        _hop = (int)Math.Round(_options.HopSeconds * AudioClip.SampleRate);
    }

    /// <summary>Chooses the windows of a clip.</summary>
    /// <param name="samples">Mono, 16 kHz.</param>
    /// <param name="activity">Where the same samples have speech.</param>
    /// <returns>The windows in order of time; empty where none has <see cref="VoiceWindowOptions.MinSpeechSeconds"/> of speech.</returns>
    /// <exception cref="ArgumentException"><paramref name="activity"/> speaks of a clip of another length.</exception>
    public IReadOnlyList<VoiceWindow> Select(ReadOnlySpan<float> samples, VoiceActivity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        if (activity.SampleCount != samples.Length)
        {
            throw new ArgumentException($"The activity is that of {activity.SampleCount} samples, not of {samples.Length}.", nameof(activity));
        }

        var candidates = Candidates(samples, activity);
        candidates.RemoveAll(window => window.SpeechSeconds < _options.MinSpeechSeconds);
        candidates.Sort((a, b) => Score(b).CompareTo(Score(a)) is var order and not 0 ? order : a.Start.CompareTo(b.Start));

        var chosen = new List<VoiceWindow>();
        foreach (var candidate in candidates)
        {
            if (chosen.TrueForAll(window => Math.Abs(window.Start - candidate.Start) >= _length * (1 - _options.MaxOverlap)))
            {
                chosen.Add(candidate);
                if (chosen.Count == _options.MaxWindows)
                {
                    break;
                }
            }
        }

        chosen.Sort((a, b) => a.Start.CompareTo(b.Start));
        return chosen;
    }

    private static float Score(VoiceWindow window) => window.SpeechShare - (ClippingWeight * window.ClippingShare);

    private List<VoiceWindow> Candidates(ReadOnlySpan<float> samples, VoiceActivity activity)
    {
        var windows = new List<VoiceWindow>();
        if (samples.IsEmpty)
        {
            return windows;
        }

        var length = Math.Min(_length, samples.Length);
        var last = samples.Length - length;
        var clipped = ClippingMeter.ClippedUpTo(samples, _hop);
        for (var start = 0; start <= last; start += _hop)
        {
            windows.Add(Window(start, length, activity, clipped));
        }

        // The grid need not meet the end of the recording.
        if (last % _hop != 0)
        {
            windows.Add(Window(last, length, activity, clipped));
        }

        return windows;
    }

    private VoiceWindow Window(int start, int length, VoiceActivity activity, int[] clipped)
    {
        long speech = 0;
        foreach (var segment in activity.Segments)
        {
            speech += Math.Max(0, Math.Min(segment.End, start + length) - Math.Max(segment.Start, start));
        }

        // Counted on the grid: to a hop at either end.
        var cut = clipped[Math.Min(clipped.Length - 1, (start + length + _hop - 1) / _hop)] - clipped[start / _hop];
        return new VoiceWindow(start, length, (float)speech / length, Math.Min(1, (float)cut / length));
    }
}

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

/// <summary>A window of a clip that is fit to be encoded.</summary>
/// <param name="Start">The first sample, counted from the start of the clip at 16 kHz.</param>
/// <param name="Length">How many samples it has.</param>
/// <param name="SpeechShare">The share of it that is speech, in [0, 1].</param>
/// <param name="ClippingShare">The share of its samples that are cut off, in [0, 1].</param>
public readonly record struct VoiceWindow(int Start, int Length, float SpeechShare, float ClippingShare)
{
    /// <summary>Gets the start, in seconds.</summary>
    public double StartSeconds => (double)Start / AudioClip.SampleRate;

    /// <summary>Gets the length, in seconds.</summary>
    public double Seconds => (double)Length / AudioClip.SampleRate;

    /// <summary>Gets the speech in it, in seconds.</summary>
    public double SpeechSeconds => Seconds * SpeechShare;
}
