using FaceVoice.Inference.Faces;
using FaceVoice.Models;

namespace FaceVoice.Training.Export;

/// <summary>A face network that heads take their vectors from, and where it lies.</summary>
/// <param name="Spec">What a manifest says of it.</param>
/// <param name="Path">Its file within a bundle; null if it travels with the program.</param>
public sealed record FaceNetwork(FaceEncoderSpec Spec, string? Path)
{
    /// <summary>The network that a bundle's heads take their vectors from, or that of its face space; null if it has neither.</summary>
    /// <param name="bundle">A bundle.</param>
    public static FaceNetwork? OfHeads(ModelBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return bundle.Manifest.Encoders.JointFace is { } joint ? new FaceNetwork(joint, bundle.JointFaceEncoderPath) : OfFaceSpace(bundle);
    }

    /// <summary>The network of a bundle's face space; null if it has none.</summary>
    /// <param name="bundle">A bundle.</param>
    public static FaceNetwork? OfFaceSpace(ModelBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return bundle.Manifest.Encoders.Face is { } face ? new FaceNetwork(face, bundle.FaceEncoderPath) : null;
    }

    /// <summary>Loads it.</summary>
    /// <exception cref="ModelMismatchException">The file is another network than the manifest said.</exception>
    public FaceEncoder Open() => FaceEncoder.Open(Spec, Path);
}
