using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using Embedding = FaceVoice.Protocol.V1.Embedding;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>What a server measured, in the terms of the work in this process: the same numbers, bit for bit.</summary>
internal static class WireMeasures
{
    public static FaceVoice.Models.Embedding Embedding(Embedding wire, EmbeddingSpace space) => new(wire.ModelId, space, wire.Values.ToArray());

    public static Inference.Faces.FaceQuality? Face(SampleReport? report) => report?.Face is not { } face ? null : new Inference.Faces.FaceQuality
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

    public static Inference.Voices.VoiceQuality? Voice(SampleReport? report) => report?.Voice is not { } voice ? null : new Inference.Voices.VoiceQuality
    {
        Seconds = voice.TotalSeconds,
        SpeechSeconds = voice.SpeechSeconds,
        SignalToNoiseDb = voice.SnrDb,
        ClippingShare = voice.ClippedShare,
        BandwidthHz = voice.BandwidthHz,
        LevelDb = voice.LevelDb,
    };
}
