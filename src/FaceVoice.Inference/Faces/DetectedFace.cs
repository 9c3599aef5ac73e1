namespace FaceVoice.Inference.Faces;

/// <summary>One face in an image. Immutable.</summary>
/// <param name="Box">Where it is, in pixels.</param>
/// <param name="Landmarks">The points to align it by, in pixels.</param>
/// <param name="Quality">How good the picture of it is.</param>
public sealed record DetectedFace(BoundingBox Box, FaceLandmarks Landmarks, FaceQuality Quality);
