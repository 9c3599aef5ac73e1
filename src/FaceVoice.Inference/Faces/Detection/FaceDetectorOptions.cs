namespace FaceVoice.Inference.Faces.Detection;

/// <summary>How faces are looked for.</summary>
public sealed record FaceDetectorOptions
{
    /// <summary>Gets the least confidence that counts as a face, in (0, 1).</summary>
    /// <value>The default is 0.65.</value>
    public float MinScore { get; init; } = 0.65f;

    /// <summary>Gets the overlap (intersection over union) from which the weaker of two boxes is the same face, in (0, 1).</summary>
    /// <value>The default is 0.4.</value>
    public float MaxOverlap { get; init; } = 0.4f;

    /// <summary>Gets the detector's file (the public RFB-320 light detector).</summary>
    /// <value>The default, null, is the one that travels with the program.</value>
    public string? ModelPath { get; init; }
}
