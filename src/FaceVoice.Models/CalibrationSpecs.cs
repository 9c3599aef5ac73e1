namespace FaceVoice.Models;

/// <summary>How the scores of each space are read; null where nothing was measured.</summary>
public sealed record CalibrationSpecs
{
    /// <summary>Face against voice, cosine in the joint space.</summary>
    public ScoreCalibration? Joint { get; init; }

    /// <summary>Voice against voice, cosine in the speaker space.</summary>
    public ScoreCalibration? Speaker { get; init; }

    /// <summary>Face against face, cosine in the face space.</summary>
    public ScoreCalibration? Face { get; init; }
}
