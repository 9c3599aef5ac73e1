using System.Globalization;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;

namespace FaceVoice.Inference.Matching;

/// <summary>Holds measured quality against what a score needs. Thread-safe.</summary>
/// <param name="options">What is needed.</param>
public sealed class EvidenceGate(EvidenceOptions options)
{
    /// <summary>What a face lacks; empty where nothing does.</summary>
    /// <param name="quality">What was measured.</param>
    public IReadOnlyList<string> Lacking(FaceQuality quality)
    {
        ArgumentNullException.ThrowIfNull(quality);
        var reasons = new List<string>();
        RequireAtLeast(reasons, "the face's detection score", quality.DetectionScore, options.MinDetectionScore, "");
        RequireAtLeast(reasons, "the face's size", quality.SizePixels, options.MinFacePixels, " px");
        RequireAtLeast(reasons, "the face's sharpness", quality.Sharpness, options.MinSharpness, "");
        RequireAtMost(reasons, "the head's turn", Math.Abs(quality.YawDegrees), options.MaxYawDegrees, " degrees");
        RequireAtMost(reasons, "the black or burnt-out share of the face", quality.ClippedShare, options.MaxClippedFace, "");
        return reasons;
    }

    /// <summary>What a voice lacks; empty where nothing does.</summary>
    /// <param name="quality">What was measured.</param>
    public IReadOnlyList<string> Lacking(VoiceQuality quality)
    {
        ArgumentNullException.ThrowIfNull(quality);
        var reasons = new List<string>();
        RequireAtLeast(reasons, "the speech", quality.SpeechSeconds, options.MinSpeechSeconds, " s");
        RequireAtLeast(reasons, "the speech-to-noise ratio", quality.SignalToNoiseDb, options.MinSignalToNoiseDb, " dB");
        RequireAtMost(reasons, "the clipped share of the voice", quality.ClippingShare, options.MaxClippingShare, "");
        RequireAtLeast(reasons, "the voice's bandwidth", quality.BandwidthHz, options.MinBandwidthHz, " Hz");
        return reasons;
    }

    // Both are written so that a value that is not a number fails.
    private static void RequireAtLeast(List<string> reasons, string what, double value, double needed, string unit)
    {
        if (!(value >= needed))
        {
            reasons.Add(
                string.Create(CultureInfo.InvariantCulture, $"{what} is {value:0.##}{unit}, needed is at least {needed:0.##}{unit}"));
        }
    }

    private static void RequireAtMost(List<string> reasons, string what, double value, double allowed, string unit)
    {
        if (!(value <= allowed))
        {
            reasons.Add(
                string.Create(CultureInfo.InvariantCulture, $"{what} is {value:0.##}{unit}, allowed is at most {allowed:0.##}{unit}"));
        }
    }
}
