namespace FaceVoice.Training.Evaluation;

/// <summary>All figures under one protocol.</summary>
public sealed record ProtocolResult
{
    /// <summary>Gets the verification figures.</summary>
    public required VerificationResult Verification { get; init; }

    /// <summary>Gets the figures of faces looking for voices.</summary>
    public required DirectionResult FaceToVoice { get; init; }

    /// <summary>Gets the figures of voices looking for faces.</summary>
    public required DirectionResult VoiceToFace { get; init; }
}
