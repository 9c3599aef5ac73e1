using FaceVoice.Speech;
using FaceVoice.Vision;

namespace FaceVoice.Pipeline.Extraction;

/// <summary>What was measured on a sample.</summary>
/// <param name="Face">On its face.</param>
/// <param name="Voice">On its voice.</param>
public sealed record DataSetQuality(FaceQuality Face, VoiceQuality Voice);
