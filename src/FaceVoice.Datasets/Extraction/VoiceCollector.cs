using System.Globalization;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// Finds the best voiced windows of recordings of any length in constant memory: it keeps one stretch and the best windows so far.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A window never spans two stretches of <see cref="StretchSeconds"/>, which costs at most one window in twenty. Reading ends as soon as no later
/// window could take a place: earlier ones win among equals.
/// </remarks>
internal sealed class VoiceCollector(ExtractionOptions options, MediaLimits limits, VoiceActivityDetector detector, SpeakerEncoder? speaker)
{
    private const double StretchSeconds = 60;
    private const float ClippingWeight = 10;
    private const float BestScore = 1; // speech throughout, nothing clipped
    private const int MostTracks = 8;
    private readonly VoiceWindowSelector _selector = new(new VoiceWindowOptions
    {
        Seconds = options.Seconds,
        MaxWindows = options.ClipsPerVideo,
        MinSpeechSeconds = options.MinSpeechSeconds,
    });

    /// <summary>The best windows of all files.</summary>
    /// <param name="paths">Recordings, or one video.</param>
    /// <param name="audio">What the header of a video says of its audio; null for recordings, whose clock is their own.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<CollectedVoices> CollectAsync(IReadOnlyList<string> paths, AudioSource? audio, CancellationToken cancellationToken)
    {
        var collected = new CollectedVoices();
        for (var file = 0; file < paths.Count; file++)
        {
            var track = options.AudioTrack ?? audio?.Track;
            var source = await ReadAsync(collected, paths[file], file, track, audio, cancellationToken).ConfigureAwait(false);
            if (source is null || options.AudioTrack is not null || collected.Cuts.Exists(cut => cut.File == file))
            {
                continue;
            }

            // The track that the file prefers has no speech: the first that has some.
            for (var other = 1; other <= Math.Min(source.Tracks, MostTracks) && !collected.Cuts.Exists(cut => cut.File == file); other++)
            {
                if (other != source.Track && await ReadOtherAsync(collected, paths[file], file, other, audio, cancellationToken).ConfigureAwait(false))
                {
                    collected.Warnings.Add($"Audio track {source.Track} of {source.Tracks} has no speech; track {other} is used.");
                }
            }
        }

        collected.Cuts.Sort((a, b) => (a.File, a.StartSeconds).CompareTo((b.File, b.StartSeconds)));
        Compare(collected, paths, cancellationToken);
        return collected;
    }

    /// <summary>Whether the clips that are kept sound like one person; without an encoder nobody knows.</summary>
    private void Compare(CollectedVoices collected, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (speaker is null || collected.Cuts.Count == 0)
        {
            return;
        }

        var vectors = new List<float[]>();
        foreach (var cut in collected.Cuts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vector = new float[speaker.Dimension];
            speaker.Encode(cut.Samples, vector);
            vectors.Add(vector);
        }

        var doubt = SpeakerAgreement.Doubt(vectors, Name, options.MinWindowCosine);
        if (doubt is not null)
        {
            collected.Warnings.Add($"Two people seem to speak in turn: {doubt}.");
        }

        collected.VoicesDisagree |= doubt is not null;

        string Name(int i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{collected.Cuts[i].StartSeconds:F1} s{(paths.Count > 1 ? " of " + Path.GetFileName(paths[collected.Cuts[i].File]) : "")}");
    }

    /// <summary>Whether another track has speech; one that cannot be decoded has none.</summary>
    private async Task<bool> ReadOtherAsync(
        CollectedVoices collected, string path, int file, int track, AudioSource? audio, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(collected, path, file, track, audio, cancellationToken).ConfigureAwait(false);
            return collected.Cuts.Exists(cut => cut.File == file);
        }
        catch (Exception error) when (error is CorruptMediaException or UnsupportedMediaException)
        {
            return false;
        }
    }

    private async Task<AudioSource?> ReadAsync(
        CollectedVoices collected, string path, int file, int? track, AudioSource? audio, CancellationToken cancellationToken)
    {
        var decoder = new AudioDecoder(limits, new AudioDecoderOptions { Track = track, Strict = options.Strict });
        var late = track == audio?.Track ? audio?.StartSeconds ?? 0 : 0;
        AudioSource? source = null;
        await foreach (var chunk in decoder.ReadChunksAsync(path, StretchSeconds, cancellationToken).ConfigureAwait(false))
        {
            source = chunk.Clip.Source;
            collected.Warnings.AddRange(chunk.Clip.Warnings);
            collected.VoicesDisagree |= chunk.Clip.HoldsTwoVoices;
            collected.Seconds += chunk.Clip.Seconds;
            collected.SpeechSeconds += Add(collected.Cuts, file, chunk with { StartSeconds = chunk.StartSeconds + late }, late, cancellationToken);
            if (!options.Strict && collected.Cuts.Count == options.ClipsPerVideo && collected.Cuts.TrueForAll(cut => cut.Score >= BestScore))
            {
                break;
            }
        }

        return source;
    }

    private double Add(List<VoiceCut> cuts, int file, AudioChunk chunk, double late, CancellationToken cancellationToken)
    {
        var samples = chunk.Clip.Samples;
        var activity = detector.Detect(samples.Span, cancellationToken);
        var isRemainder = chunk.StartSeconds > late && chunk.Clip.Seconds < options.Seconds;
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

/// <summary>What was found in the audio of a source.</summary>
internal sealed class CollectedVoices
{
    /// <summary>Gets the best windows; in order of files and time once all is read.</summary>
    public List<VoiceCut> Cuts { get; } = [];

    /// <summary>Gets what is doubtful.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Gets or sets whether two people seem to speak, in turn or on two channels.</summary>
    public bool VoicesDisagree { get; set; }

    /// <summary>Gets or sets how much audio was read, in seconds.</summary>
    public double Seconds { get; set; }

    /// <summary>Gets or sets how much of it is speech, in seconds.</summary>
    public double SpeechSeconds { get; set; }
}

/// <summary>A voiced window with its own copy of the samples.</summary>
internal sealed record VoiceCut(int File, double StartSeconds, float[] Samples, VoiceQuality Quality, float Score);
