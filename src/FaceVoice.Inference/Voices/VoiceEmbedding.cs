using FaceVoice.Models;

namespace FaceVoice.Inference.Voices;

/// <summary>What was made of a recording of a voice. Immutable. Biometric data: its vectors never go into logs.</summary>
public sealed record VoiceEmbedding
{
    /// <summary>Gets the id of the model that made it.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets the vector in the speaker encoder's own space: the mean over <see cref="Windows"/>, brought to unit length.</summary>
    public required Embedding Speaker { get; init; }

    /// <summary>Gets the vector in the joint space; null where the model has no heads.</summary>
    public required Embedding? Joint { get; init; }

    /// <summary>Gets the stretches that were encoded.</summary>
    public required IReadOnlyList<VoiceWindow> Windows { get; init; }

    /// <summary>Gets the quality of the recording; null where a window was encoded as it came.</summary>
    public required VoiceQuality? Quality { get; init; }

    /// <summary>Gets how long each stage took; of a cached result, the stages of the first time.</summary>
    public required IReadOnlyList<StageTiming> Timings { get; init; }

    /// <summary>Gets whether this came from the cache.</summary>
    public bool FromCache { get; init; }

    /// <summary>The vector in one space.</summary>
    /// <param name="space">The joint or the speaker space.</param>
    /// <exception cref="SpaceUnavailableException">The model has no heads, or a voice does not reach the space.</exception>
    public Embedding In(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Speaker => Speaker,
        EmbeddingSpace.Joint => Joint ?? throw new SpaceUnavailableException(space, "the model has no projection heads"),
        _ => throw new SpaceUnavailableException(space, "it holds faces only"),
    };
}
