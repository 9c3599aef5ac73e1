using FaceVoice.Model;
using FaceVoice.Protocol.V1;
using FaceVoice.Vision;
using Embedding = FaceVoice.Protocol.V1.Embedding;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>What a server measured, in the terms of the work in this process: the same numbers, bit for bit.</summary>
internal static class WireMeasures
{
    public static Space ToWire(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Joint => Space.Joint,
        EmbeddingSpace.Face => Space.Face,
        EmbeddingSpace.Speaker => Space.Speaker,
        _ => throw new ArgumentOutOfRangeException(nameof(space)),
    };

    public static Model.Embedding Embedding(Embedding wire, EmbeddingSpace space) => new(wire.ModelId, space, wire.Values.ToArray());

    public static Vision.FaceQuality? Face(SampleReport? report) => report?.Face is not { } face ? null : new Vision.FaceQuality
    {
        DetectionScore = face.DetectionScore,
        SizePixels = face.SizePixels,
        Sharpness = face.Sharpness,
        Brightness = face.Brightness,
        ClippedShare = face.ClippedShare,
        YawDegrees = face.YawDegrees,
        RollDegrees = face.RollDegrees,
    };

    public static BoundingBox? Box(SampleReport report) => report.Box is { } box ? new BoundingBox(box.Left, box.Top, box.Right, box.Bottom) : null;

    public static Speech.VoiceQuality? Voice(SampleReport? report) => report?.Voice is not { } voice ? null : new Speech.VoiceQuality
    {
        Seconds = voice.TotalSeconds,
        SpeechSeconds = voice.SpeechSeconds,
        SignalToNoiseDb = voice.SnrDb,
        ClippingShare = voice.ClippedShare,
        BandwidthHz = voice.BandwidthHz,
    };
}
