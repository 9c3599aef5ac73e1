using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>Where the pretrained face models that travel with the program are expected.</summary>
public static class FaceModels
{
    /// <summary>Gets the path of the face detector.</summary>
    public static string Detector => PackagedModels.PathOf("face", "fr_detect.onnx");

    /// <summary>Gets the path of the landmark network.</summary>
    public static string Landmarks => PackagedModels.PathOf("face", "fr_landmark.onnx");

    /// <summary>Gets the path of the face encoder, 512 dimensions.</summary>
    public static string Encoder => PackagedModels.PathOf("face", "fr_feature.onnx");

    /// <summary>Gets the path of the gender network.</summary>
    public static string Gender => PackagedModels.PathOf("face", "fr_gender.onnx");
}
