using FaceVoice.Models;

namespace FaceVoice.Inference.Faces;

/// <summary>What was made of a picture of a face. Immutable. Biometric data: its vectors never go into logs.</summary>
public sealed record FaceEmbedding
{
    /// <summary>Gets the id of the model that made it.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets the vector in the face encoder's own space.</summary>
    public required Embedding Face { get; init; }

    /// <summary>Gets the vector in the joint space; null where the model has no heads.</summary>
    public required Embedding? Joint { get; init; }

    /// <summary>Gets the face that was taken, the largest of the picture; null for a picture that came aligned.</summary>
    public required DetectedFace? Detected { get; init; }

    /// <summary>Gets how many faces the picture has; 1 for a picture that came aligned.</summary>
    public required int FaceCount { get; init; }

    /// <summary>Gets how long each stage took; of a cached result, the stages of the first time.</summary>
    public required IReadOnlyList<StageTiming> Timings { get; init; }

    /// <summary>Gets whether this came from the cache.</summary>
    public bool FromCache { get; init; }

    /// <summary>Gets the quality of the face; null for a picture that came aligned.</summary>
    public FaceQuality? Quality => Detected?.Quality;

    /// <summary>The vector in one space.</summary>
    /// <param name="space">The joint or the face space.</param>
    /// <exception cref="SpaceUnavailableException">The model has no heads, or a face does not reach the space.</exception>
    public Embedding In(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Face => Face,
        EmbeddingSpace.Joint => Joint ?? throw new SpaceUnavailableException(space, "the model has no projection heads"),
        _ => throw new SpaceUnavailableException(space, "it holds voices only"),
    };
}
