using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;

namespace FaceVoice.Datasets.Extraction;

/// <summary>What was measured on a sample.</summary>
/// <param name="Face">On its face.</param>
/// <param name="Voice">On its voice.</param>
public sealed record DataSetQuality(FaceQuality Face, VoiceQuality Voice);
