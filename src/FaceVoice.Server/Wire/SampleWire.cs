using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;

namespace FaceVoice.Server.Wire;

/// <summary>What was measured, on the wire.</summary>
internal static class SampleWire
{
    public static SampleReport Report(SampleResult result)
    {
        var report = new SampleReport { FacesFound = result.FacesFound, Cached = result.IsCached };
        report.Warnings.AddRange(result.Warnings);
        if (result.Face is { } face)
        {
            report.Face = new FaceQuality
            {
                DetectionScore = Finite(face.DetectionScore),
                SizePixels = Finite(face.SizePixels),
                Sharpness = Finite(face.Sharpness),
                Brightness = Finite(face.Brightness),
                ClippedShare = Finite(face.ClippedShare),
                YawDegrees = Finite(face.YawDegrees),
                RollDegrees = Finite(face.RollDegrees),
            };
        }

        if (result.Box is { } box)
        {
            report.Box = new FaceBox { Left = Finite(box.Left), Top = Finite(box.Top), Right = Finite(box.Right), Bottom = Finite(box.Bottom) };
        }

        if (result.Voice is { } voice)
        {
            report.Voice = Voice(voice, result.Windows.Count);
            report.Windows.AddRange(result.Windows.Select(w => new VoiceWindow { StartSeconds = w.StartSeconds, Seconds = w.Seconds, SpeechShare = Finite(w.SpeechShare) }));
        }

        return report;
    }

    public static VoiceQuality Voice(Inference.Voices.VoiceQuality voice, int windows) => new()
    {
        SpeechSeconds = Finite(voice.SpeechSeconds),
        TotalSeconds = Finite(voice.Seconds),
        SnrDb = Finite(voice.SignalToNoiseDb),
        ClippedShare = Finite(voice.ClippingShare),
        BandwidthHz = Finite(voice.BandwidthHz),
        Windows = windows,
    };

    public static StageTiming Timing(string stage, TimeSpan elapsed) => new() { Stage = stage, Milliseconds = (float)elapsed.TotalMilliseconds };

    public static IEnumerable<StageTiming> Timings(IEnumerable<StageTime> timings) =>
        timings.Select(t => new StageTiming { Stage = t.Stage, Milliseconds = (float)t.Milliseconds });

    /// <summary>Timings of several samples, added up by stage in the order of their first appearance.</summary>
    public static IEnumerable<StageTiming> Sum(IEnumerable<SampleResult> results) => results
        .SelectMany(r => r.Timings)
        .GroupBy(t => t.Stage)
        .Select(g => new StageTiming { Stage = g.Key, Milliseconds = (float)g.Sum(t => t.Milliseconds) });

    /// <summary>The embeddings of the requested spaces, in their order.</summary>
    /// <param name="result">The sample.</param>
    /// <param name="requested">Spaces of the request; none means the joint space.</param>
    /// <param name="own">The space of this modality beside the joint one.</param>
    /// <param name="modelId">The model.</param>
    public static IEnumerable<Protocol.V1.Embedding> Embeddings(SampleResult result, IReadOnlyCollection<Space> requested, EmbeddingSpace own, string modelId) =>
        Spaces(requested, own).Select(space => EmbeddingWire.ToWire(
            modelId,
            SpaceNames.ToWire(space),
            result.Vectors.TryGetValue(space, out var vector) ? vector.Span : throw Refusal.FailedPrecondition($"The model has no {space} space.")));

    /// <summary>The spaces of a request, checked before any work is done.</summary>
    public static IReadOnlyList<EmbeddingSpace> Spaces(IReadOnlyCollection<Space> requested, EmbeddingSpace own)
    {
        if (requested.Count > 2)
        {
            throw Refusal.InvalidArgument($"{requested.Count} spaces are requested; at most 2 can be.");
        }

        var spaces = requested.Count == 0 ? [EmbeddingSpace.Joint] : requested.Select(SpaceNames.FromWire).ToList();
        return spaces.TrueForAll(s => s == EmbeddingSpace.Joint || s == own)
            ? spaces
            : throw Refusal.InvalidArgument(own == EmbeddingSpace.Face ? "A face can be embedded in the joint and the face space." : "A voice can be embedded in the joint and the speaker space.");
    }

    // What was measured of odd media may be no number; no answer holds one that is not.
    private static float Finite(float value) => float.IsFinite(value) ? value : 0;

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
