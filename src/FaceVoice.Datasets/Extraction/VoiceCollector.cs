using FaceVoice.Inference.Voices;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// Finds the best voiced windows of recordings of any length in constant memory: it keeps one stretch and the best windows so far.
/// Thread-safe.
/// </summary>
/// <remarks>A window never spans two stretches of <see cref="StretchSeconds"/>, which costs at most one window in twenty.</remarks>
internal sealed class VoiceCollector(ExtractionOptions options, MediaLimits limits, VoiceActivityDetector detector)
{
    private const double StretchSeconds = 60;
    private const float ClippingWeight = 10;
    private readonly AudioDecoder _decoder = new(limits);
    private readonly VoiceWindowSelector _selector = new(new VoiceWindowOptions
    {
        Seconds = options.Seconds,
        MaxWindows = options.ClipsPerVideo,
        MinSpeechSeconds = options.MinSpeechSeconds,
    });

    /// <summary>The best windows of all files, in order, the seconds of audio read, and the seconds of speech found.</summary>
    public async Task<(List<VoiceCut> Cuts, double Seconds, double SpeechSeconds)> CollectAsync(
        IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var cuts = new List<VoiceCut>();
        var (seconds, speech) = (0.0, 0.0);
        for (var file = 0; file < paths.Count; file++)
        {
            await foreach (var chunk in _decoder.ReadChunksAsync(paths[file], StretchSeconds, cancellationToken).ConfigureAwait(false))
            {
                seconds += chunk.Clip.Seconds;
                speech += Add(cuts, file, chunk, cancellationToken);
            }
        }

        return ([.. cuts.OrderBy(cut => cut.File).ThenBy(cut => cut.StartSeconds)], seconds, speech);
    }

    private double Add(List<VoiceCut> cuts, int file, AudioChunk chunk, CancellationToken cancellationToken)
    {
        var samples = chunk.Clip.Samples;
        var activity = detector.Detect(samples.Span, cancellationToken);
        var isRemainder = chunk.StartSeconds > 0 && chunk.Clip.Seconds < options.Seconds;
        if (!isRemainder)
        {
            foreach (var window in _selector.Select(samples.Span, activity))
            {
                var cut = samples.Slice(window.Start, window.Length).ToArray();
                var quality = VoiceQualityMeter.Measure(cut, detector.Detect(cut, cancellationToken));
                var score = window.SpeechShare - (ClippingWeight * window.ClippingShare);
                cuts.Add(new VoiceCut(file, chunk.StartSeconds + window.StartSeconds, cut, quality, score));
            }

            cuts.Sort((a, b) => b.Score.CompareTo(a.Score) is var order and not 0 ? order : (a.File, a.StartSeconds).CompareTo((b.File, b.StartSeconds)));
            cuts.RemoveRange(Math.Min(cuts.Count, options.ClipsPerVideo), Math.Max(0, cuts.Count - options.ClipsPerVideo));
        }

        return activity.SpeechSeconds;
    }
}

/// <summary>A voiced window with its own copy of the samples.</summary>
internal sealed record VoiceCut(int File, double StartSeconds, float[] Samples, VoiceQuality Quality, float Score);
