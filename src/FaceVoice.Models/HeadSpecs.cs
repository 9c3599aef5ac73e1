namespace FaceVoice.Models;

/// <summary>The two projections into the joint space.</summary>
public sealed record HeadSpecs
{
    /// <summary>From the face encoder's vectors.</summary>
    public required HeadSpec Face { get; init; }

    /// <summary>From the speaker encoder's vectors.</summary>
    public required HeadSpec Voice { get; init; }
}
