using FaceVoice.Inference.Voices;

namespace FaceVoice.Datasets.Extraction;

/// <summary>A voiced window with its own copy of the samples.</summary>
internal sealed record VoiceCut(int File, double StartSeconds, float[] Samples, VoiceQuality Quality, float Score);
