using FaceVoice.Inference.Faces;

namespace FaceVoice.Inference.Matching;

/// <summary>
/// From which quality on a score is worth reading. Below, an embedding is still made, but a match says that the evidence is not enough.
/// </summary>
public sealed record EvidenceOptions
{
    /// <summary>Gets the least detection score of a face, in [0, 1].</summary>
    /// <value>The default is 0.7.</value>
    public float MinDetectionScore { get; init; } = 0.7f;

    /// <summary>Gets the least size of a face, in pixels of the original image.</summary>
    /// <value>The default is 32.</value>
    public float MinFacePixels { get; init; } = 32;

    /// <summary>Gets the least sharpness of a face; see <see cref="FaceQuality.Sharpness"/>.</summary>
    /// <value>The default is 10.</value>
    public float MinSharpness { get; init; } = 10;

    /// <summary>Gets the most that a head may be turned, in degrees.</summary>
    /// <value>The default is 60.</value>
    public float MaxYawDegrees { get; init; } = 60;

    /// <summary>Gets the most of a face that may be black or burnt out, in [0, 1].</summary>
    /// <value>The default is 0.5.</value>
    public float MaxClippedFace { get; init; } = 0.5f;

    /// <summary>Gets the least speech in a recording, in seconds.</summary>
    /// <value>The default is 1 s.</value>
    public double MinSpeechSeconds { get; init; } = 1;

    /// <summary>Gets the least ratio of speech to noise, in decibels.</summary>
    /// <value>The default is 3 dB.</value>
    public float MinSignalToNoiseDb { get; init; } = 3;

    /// <summary>
    /// Gets the least cosine of two windows of one recording in the speaker space, in [-1, 1]; below it two people speak.
    /// </summary>
    /// <value>
    /// The default is 0.4: with the packaged speaker encoder windows of one recording have 0.52 and more, 97 of 100 pairs of different people less.
    /// </value>
    public float MinWindowCosine { get; init; } = 0.4f;

    /// <summary>Gets the most samples that may be cut off, in [0, 1].</summary>
    /// <value>The default is 0.05.</value>
    public float MaxClippingShare { get; init; } = 0.05f;

    /// <summary>Gets the least bandwidth of the speech, in hertz.</summary>
    /// <value>The default is 2,500 Hz: telephone speech passes.</value>
    public float MinBandwidthHz { get; init; } = 2500;
}
