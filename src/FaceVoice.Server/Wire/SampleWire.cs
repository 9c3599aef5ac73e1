using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;
using StageTiming = FaceVoice.Protocol.V1.StageTiming;
using VoiceWindow = FaceVoice.Protocol.V1.VoiceWindow;

namespace FaceVoice.Server.Wire;

/// <summary>What was made of one sample, on the wire.</summary>
internal static class SampleWire
{
    /// <summary>What was measured; null for an embedding that came without its medium.</summary>
    public static SampleReport? Report(MediaEmbedding sample) => sample switch
    {
        FaceEmbedding face => Report(face),
        VoiceEmbedding voice => Report(voice),
        _ => null,
    };

    public static Protocol.V1.VoiceQuality Voice(Inference.Voices.VoiceQuality voice, int windows) => new()
    {
        SpeechSeconds = Finite(voice.SpeechSeconds),
        TotalSeconds = Finite(voice.Seconds),
        SnrDb = Finite(voice.SignalToNoiseDb),
        ClippedShare = Finite(voice.ClippingShare),
        BandwidthHz = Finite(voice.BandwidthHz),
        LevelDb = Finite(voice.LevelDb),
        Windows = windows,
    };

    public static StageTiming Timing(string stage, TimeSpan elapsed) => new() { Stage = stage, Milliseconds = (float)elapsed.TotalMilliseconds };

    /// <summary>
    /// The times of samples, added up by stage in the order of their first appearance; what came from the cache took none.
    /// </summary>
    public static IEnumerable<StageTiming> Timings(params IEnumerable<MediaEmbedding> samples) => samples
        .Where(sample => !sample.FromCache)
        .SelectMany(sample => sample.Timings)
        .GroupBy(timing => timing.Stage)
        .Select(stage => Timing(stage.Key, new TimeSpan(stage.Sum(timing => timing.Elapsed.Ticks))));

    /// <summary>The embeddings of some spaces, in their order.</summary>
    /// <exception cref="SpaceUnavailableException">The model has no such space.</exception>
    public static IEnumerable<Protocol.V1.Embedding> Embeddings(MediaEmbedding sample, IEnumerable<EmbeddingSpace> spaces) =>
        spaces.Select(space => EmbeddingWire.ToWire(sample.In(space)));

    /// <summary>The spaces of a request, checked before any work is done.</summary>
    /// <param name="requested">Spaces of the request; none means the joint space.</param>
    /// <param name="own">The space of this modality beside the joint one.</param>
    public static IReadOnlyList<EmbeddingSpace> Spaces(IReadOnlyCollection<Space> requested, EmbeddingSpace own)
    {
        if (requested.Count > 2)
        {
            throw Refusal.InvalidArgument($"{requested.Count} spaces are requested; at most 2 can be.");
        }

        var spaces = requested.Count == 0 ? [EmbeddingSpace.Joint] : requested.Select(SpaceNames.FromWire).ToList();
        return spaces.TrueForAll(s => s == EmbeddingSpace.Joint || s == own)
            ? spaces
            : throw Refusal.InvalidArgument(
                own == EmbeddingSpace.Face ? "A face can be embedded in the joint and the face space." : "A voice can be embedded in the joint and the speaker space.");
    }

    /// <summary>A score, which is never without a value.</summary>
    /// <exception cref="InvalidOperationException">It is not finite: a bug, which must not leave the server.</exception>
    public static T Score<T>(T score)
        where T : System.Numerics.INumberBase<T> =>
        T.IsFinite(score) ? score : throw new InvalidOperationException("A score that is not finite was about to be sent.");

    private static SampleReport Report(FaceEmbedding face)
    {
        var report = new SampleReport { FacesFound = face.FaceCount, Cached = face.FromCache, Warnings = { face.Lacking } };
        if (face.Detected is { Box: var box, Quality: var quality })
        {
            report.Box = new FaceBox { Left = Finite(box.Left), Top = Finite(box.Top), Right = Finite(box.Right), Bottom = Finite(box.Bottom) };
            report.Face = new Protocol.V1.FaceQuality
            {
                DetectionScore = Finite(quality.DetectionScore),
                SizePixels = Finite(quality.SizePixels),
                Sharpness = Finite(quality.Sharpness),
                Brightness = Finite(quality.Brightness),
                ClippedShare = Finite(quality.ClippedShare),
                YawDegrees = Finite(quality.YawDegrees),
                RollDegrees = Finite(quality.RollDegrees),
            };
        }

        return report;
    }

    private static SampleReport Report(VoiceEmbedding voice)
    {
        var report = new SampleReport { Cached = voice.FromCache, Warnings = { voice.Lacking.Union(voice.Warnings) } };
        if (voice.Quality is { } quality)
        {
            report.Voice = Voice(quality, voice.Windows.Count);
            report.Windows.AddRange(voice.Windows.Select(w => new VoiceWindow { StartSeconds = w.StartSeconds, Seconds = w.Seconds, SpeechShare = Finite(w.SpeechShare) }));
        }

        return report;
    }

    // What was measured of odd media may be no number; no answer holds one that is not.
    private static float Finite(float value) => float.IsFinite(value) ? value : 0;

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
