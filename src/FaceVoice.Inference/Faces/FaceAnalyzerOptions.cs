using FaceVoice.Inference.Faces.Detection;

namespace FaceVoice.Inference.Faces;

/// <summary>How faces are found and described.</summary>
public sealed record FaceAnalyzerOptions
{
    /// <summary>Gets how faces are looked for.</summary>
    public FaceDetectorOptions Detector { get; init; } = new();

    /// <summary>Gets the landmark network's file.</summary>
    /// <value>The default, null, is the one that travels with the program.</value>
    public string? LandmarkModelPath { get; init; }

    /// <summary>
    /// Gets the most faces described in one image, the largest first, 1 or more; bounds the work that a picture of a crowd can cause.
    /// </summary>
    /// <value>The default is 32.</value>
    public int MaxFaces { get; init; } = 32;
}
