using System.Diagnostics.CodeAnalysis;
using FaceVoice.Models;

namespace FaceVoice.Inference;

/// <summary>
/// What was made of one image of a face or one recording of a voice. Immutable. Biometric data: its vectors never go into logs.
/// </summary>
public abstract record MediaEmbedding
{
    /// <summary>Gets the id of the model that made it.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets the vector in the joint space; null if the model has no heads.</summary>
    public required Embedding? Joint { get; init; }

    /// <summary>
    /// Gets what the medium lacks for a score to be worth reading, one sentence each; empty if nothing, or if it was not measured.
    /// </summary>
    public IReadOnlyList<string> Lacking { get; init; } = [];

    /// <summary>Gets how long each stage took; of a cached result, the stages of the first time.</summary>
    public IReadOnlyList<StageTiming> Timings { get; init; } = [];

    /// <summary>Gets whether this came from the cache, or from the work that another call had begun.</summary>
    public bool FromCache { get; init; }

    /// <summary>Gets the memory of the vectors and what belongs to them, in bytes, roughly.</summary>
    internal abstract int SizeBytes { get; }

    /// <summary>The vector in one space.</summary>
    /// <param name="space">The joint space, or the one of this medium's encoder.</param>
    /// <exception cref="SpaceUnavailableException">The model has no heads, or this medium does not reach the space.</exception>
    public Embedding In(EmbeddingSpace space) => Find(space) ?? throw new SpaceUnavailableException(space, space switch
    {
        EmbeddingSpace.Joint => "the model has no projection heads",
        EmbeddingSpace.Face => "it holds faces only",
        _ => "it holds voices only",
    });

    /// <summary>The vector in one space; null if the model has no heads, or this medium does not reach the space.</summary>
    /// <param name="space">The space.</param>
    public abstract Embedding? Find(EmbeddingSpace space);
}

/// <summary>A vector that came without its medium, as a client sends back what it was given before.</summary>
public sealed record GivenEmbedding : MediaEmbedding
{
    private readonly Embedding _vector;

    /// <summary>Wraps a vector.</summary>
    /// <param name="vector">Of any space.</param>
    [SetsRequiredMembers]
    public GivenEmbedding(Embedding vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        _vector = vector;
        ModelId = vector.ModelId;
        Joint = vector.Space == EmbeddingSpace.Joint ? vector : null;
    }

    internal override int SizeBytes => sizeof(float) * _vector.Dimension;

    /// <inheritdoc/>
    public override Embedding? Find(EmbeddingSpace space) => space == _vector.Space ? _vector : null;
}
