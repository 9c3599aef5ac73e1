using FaceVoice.Speech;

namespace FaceVoice.Pipeline.Extraction;

/// <summary>A voiced window with its own copy of the samples.</summary>
internal sealed record VoiceCut(int File, double StartSeconds, float[] Samples, VoiceQuality Quality, float Score);
