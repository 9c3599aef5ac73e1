namespace FaceVoice.Inference.Faces;

/// <summary>One face in an image. Immutable.</summary>
/// <param name="Box">Where it is, in pixels.</param>
/// <param name="Landmarks">The points to align it by, in pixels.</param>
/// <param name="Quality">How good the picture of it is.</param>
public sealed record DetectedFace(BoundingBox Box, FaceLandmarks Landmarks, FaceQuality Quality);

/// <summary>How much a picture of a face can be relied on. Measured on the aligned crop, except score and size.</summary>
public sealed record FaceQuality
{
    /// <summary>Gets the detector's confidence, in [0, 1].</summary>
    public required float DetectionScore { get; init; }

    /// <summary>
    /// Gets the shorter side of the face's box in the original image, in pixels. Below about 60 the encoder sees blown-up pixels.
    /// </summary>
    public required float SizePixels { get; init; }

    /// <summary>
    /// Gets the variance of the 3×3 Laplacian of the aligned crop's luma (0 to 255), over the face's inner ellipse. Sharp portraits have
    /// several hundred, blurred or blown-up ones less than about 50.
    /// </summary>
    public required float Sharpness { get; init; }

    /// <summary>Gets the mean luma of the face's inner ellipse, in [0, 1]. Good exposures lie between about 0.25 and 0.75.</summary>
    public required float Brightness { get; init; }

    /// <summary>
    /// Gets the share of the face's inner ellipse that is nearly black or burnt out (luma at most 8 or at least 250), in [0, 1].
    /// </summary>
    public required float ClippedShare { get; init; }

    /// <summary>
    /// Gets how far the head is turned, in degrees; 0 is frontal, positive towards the image's right. Estimated from five points and an
    /// average head: good to about ten degrees.
    /// </summary>
    public required float YawDegrees { get; init; }

    /// <summary>Gets how far the head is tilted in the image plane, in degrees; positive is clockwise. Alignment undoes it.</summary>
    public required float RollDegrees { get; init; }
}
