namespace FaceVoice.Models;

/// <summary>How long the vectors of each space are; null where a bundle has no such space.</summary>
public sealed record EmbeddingDimensions
{
    /// <summary>Output of both heads, such as 256.</summary>
    public int? Joint { get; init; }

    /// <summary>Output of the face encoder, such as 512.</summary>
    public int? Face { get; init; }

    /// <summary>Output of the speaker encoder, such as 512 (x-vector) or 192 (ECAPA-TDNN).</summary>
    public int? Speaker { get; init; }

    /// <summary>The length of one space's vectors, or null where the bundle does not have it.</summary>
    public int? Of(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Joint => Joint,
        EmbeddingSpace.Face => Face,
        EmbeddingSpace.Speaker => Speaker,
        _ => throw new ArgumentOutOfRangeException(nameof(space), space, "Unknown space."),
    };
}
