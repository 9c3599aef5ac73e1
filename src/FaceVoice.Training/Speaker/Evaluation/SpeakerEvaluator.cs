using System.Numerics.Tensors;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Metrics;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>
/// Tries a speaker encoder, as the server runs it, on all pairs of a data set's clips: how errors fall with the length of a clip and with the
/// number of enrolment clips. Two clips of one trial never come from the same recording.
/// </summary>
/// <param name="encoder">The encoder.</param>
/// <param name="options">Lengths and numbers.</param>
public sealed class SpeakerEvaluator(SpeakerEncoder encoder, SpeakerEvaluationOptions options)
{
    private const double CohortSeconds = 6;

    /// <summary>Encodes and scores everything.</summary>
    /// <param name="dataset">Recordings of people whom the encoder was not trained on.</param>
    /// <param name="audio">Their decoded audio.</param>
    /// <param name="cohort">Recordings of yet other people for adaptive s-norm, one averaged embedding each; null for none.</param>
    /// <param name="progress">Told what was done; null for nobody.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="SpeakerDataException">No speaker has two usable clips, or there is only one speaker.</exception>
    public SpeakerEvaluationReport Evaluate(
        SpeakerDataset dataset, AudioCache audio, (SpeakerDataset Data, AudioCache Audio)? cohort, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(audio);
        var cohortRows = cohort is { } others ? Cohort(others.Data, others.Audio, cancellationToken) : [];
        var byLength = new List<SpeakerEvaluationRow>();
        foreach (var seconds in options.Lengths)
        {
            var (clips, joined) = seconds > 0 ? ClipCutter.Cut(dataset, audio, seconds) : (ClipCutter.Whole(dataset, audio), false);
            if (Row(seconds > 0 ? seconds : null, MeanSeconds(clips), 1, joined, Encode(clips, cancellationToken), cohortRows) is { } row)
            {
                byLength.Add(row);
                progress?.Report(seconds > 0 ? $"clips of {seconds} s" : "whole recordings");
            }
        }

        var (enrolmentClips, enrolmentJoined) = ClipCutter.Cut(dataset, audio, options.EnrolmentSeconds);
        var embedded = Encode(enrolmentClips, cancellationToken);
        var byEnrolment = new List<SpeakerEvaluationRow>();
        foreach (var count in options.Enrolments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Row(options.EnrolmentSeconds, MeanSeconds(enrolmentClips), count, enrolmentJoined, embedded, cohortRows) is { } row)
            {
                byEnrolment.Add(row);
                progress?.Report($"{count} enrolment clips");
            }
        }

        if (byLength.Count == 0)
        {
            throw new SpeakerDataException("There is nothing to try: at least two speakers are needed, one of them with two recordings.");
        }

        var decoded = Enumerable.Range(0, audio.Count).Count(i => audio.Length(i) > 0);
        return new(encoder.ModelSha256, encoder.Dimension, dataset.Speakers.Count, decoded, cohortRows.Length, byLength, byEnrolment, Notes(dataset));
    }

    private static double MeanSeconds(List<SpeakerClip> clips) =>
        clips.Count == 0 ? 0 : Math.Round(clips.Average(clip => (double)clip.Samples.Length / AudioClip.SampleRate), 3);

    private static List<string> Notes(SpeakerDataset dataset)
    {
        var single = dataset.Utterances.GroupBy(u => u.Speaker).Count(g => g.Count() == 1);
        List<string> notes = ["Recordings of a speaker that were made in one session make every figure optimistic: the channel is recognised along with the voice."];
        if (dataset.Speakers.Count < 100)
        {
            notes.Add($"Only {dataset.Speakers.Count} speakers: differences within the intervals mean nothing.");
        }

        if (single > 0)
        {
            notes.Add($"{single} speakers have one recording: they appear in trials of two speakers only.");
        }

        return notes;
    }

    private (int Speaker, float[] Embedding)[] Encode(List<SpeakerClip> clips, CancellationToken cancellationToken)
    {
        var embedded = new (int, float[])[clips.Count];
        var settings = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellationToken };
        Parallel.For(0, clips.Count, settings, i => embedded[i] = (clips[i].Speaker, encoder.Encode(clips[i].Samples)));
        return embedded;
    }

    private float[][] Cohort(SpeakerDataset dataset, AudioCache audio, CancellationToken cancellationToken)
    {
        const int PerSpeaker = 3;
        var clips = ClipCutter.Whole(dataset, audio).GroupBy(c => c.Speaker).SelectMany(g => g.Take(PerSpeaker))
            .Select(c => c with { Samples = c.Samples.Length > CohortSeconds * 16_000 ? c.Samples[..(int)(CohortSeconds * 16_000)] : c.Samples }).ToList();
        return [.. Encode(clips, cancellationToken).GroupBy(e => e.Speaker).Select(g => Mean([.. g.Select(e => e.Embedding)]))];
    }

    private SpeakerEvaluationRow? Row(double? seconds, double meanSeconds, int enrolment, bool joined, (int Speaker, float[] Embedding)[] clips, float[][] cohort)
    {
        var normalise = cohort.Length >= 2;
        var norm = new AdaptiveSNorm(options.CohortTop);
        var statistics = normalise ? Array.ConvertAll(clips, c => Statistics(norm, c.Embedding, cohort)) : [];
        var (cosines, normalisedScores) = (new List<(double, int, int)>(), new List<(double, int, int)>());
        foreach (var (model, speaker, members) in Models(clips, enrolment))
        {
            var own = normalise ? Statistics(norm, model, cohort) : default;
            for (var i = 0; i < clips.Length; i++)
            {
                // With one enrolment clip a trial is symmetric: each pair counts once.
                if (members.Contains(i) || (enrolment == 1 && i < members[0]))
                {
                    continue;
                }

                var score = TensorPrimitives.Dot<float>(model, clips[i].Embedding);
                cosines.Add((score, speaker, clips[i].Speaker));
                if (normalise)
                {
                    normalisedScores.Add((AdaptiveSNorm.Normalize(score, own, statistics[i]), speaker, clips[i].Speaker));
                }
            }
        }

        var trials = TrialSet.Of(cosines);
        return trials.Matches == 0 || trials.Others == 0
            ? null
            : new(
                seconds, meanSeconds, enrolment, joined, clips.Length, clips.Select(c => c.Speaker).Distinct().Count(), trials.Matches, trials.Others,
                Measure(trials), normalise ? Measure(TrialSet.Of(normalisedScores)) : null);
    }

    private SpeakerFigures Measure(TrialSet trials)
    {
        var intervals = new IdentityBootstrap(options.Replicates).OfTrials(
            trials.Scores, trials.FirstIdentities, trials.SecondIdentities,
            curve => EqualErrorRate.From(curve).Rate, curve => DetectionCost.From(curve).Normalised, curve => curve.AreaUnderCurve);
        return new(intervals[0], intervals[1], intervals[2]);
    }

    /// <summary>Groups of so many clips of a speaker, none in two groups, averaged.</summary>
    private static IEnumerable<(float[] Model, int Speaker, int[] Members)> Models((int Speaker, float[] Embedding)[] clips, int enrolment) =>
        from speaker in clips.Index().GroupBy(c => c.Item.Speaker, c => c.Index)
        from members in speaker.Chunk(enrolment)
        where members.Length == enrolment
        select (Mean([.. members.Select(m => clips[m].Embedding)]), speaker.Key, members);

    private static CohortStatistics Statistics(AdaptiveSNorm norm, float[] embedding, float[][] cohort) =>
        norm.Measure(Array.ConvertAll(cohort, c => TensorPrimitives.Dot<float>(embedding, c)));

    private static float[] Mean(float[][] embeddings)
    {
        var sum = new float[embeddings[0].Length];
        foreach (var embedding in embeddings)
        {
            TensorPrimitives.Add(sum, embedding, sum);
        }

        TensorPrimitives.Divide(sum, Math.Max(1e-12f, TensorPrimitives.Norm<float>(sum)), sum);
        return sum;
    }
}
