using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>Where the pretrained speech models that travel with the program are expected.</summary>
public static class SpeechModels
{
    /// <summary>Gets the path of the speech activity network (Silero VAD, version 5).</summary>
    public static string Activity => PackagedModels.PathOf("speech", "silero_vad_v5.onnx");
}
