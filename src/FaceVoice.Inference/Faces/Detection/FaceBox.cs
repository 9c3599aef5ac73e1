namespace FaceVoice.Inference.Faces.Detection;

/// <summary>What the detector says of one face.</summary>
/// <param name="Box">Where it is, in pixels of the image, within the image.</param>
/// <param name="Score">The detector's confidence, in [0, 1].</param>
public readonly record struct FaceBox(BoundingBox Box, float Score);
