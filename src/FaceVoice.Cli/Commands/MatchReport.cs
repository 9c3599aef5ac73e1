using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands;

/// <summary>What <c>facevoice match --json</c> writes.</summary>
internal sealed record MatchReport(
    float Score,
    double? Probability,
    bool EvidenceSufficient,
    IReadOnlyList<string> Reasons,
    FaceQuality? Face,
    VoiceQuality? Voice,
    string ModelId,
    ModelCapability? Capability,
    string Meaning);
