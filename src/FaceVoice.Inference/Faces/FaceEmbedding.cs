using FaceVoice.Models;

namespace FaceVoice.Inference.Faces;

/// <summary>What was made of an image of a face.</summary>
public sealed record FaceEmbedding : MediaEmbedding
{
    /// <summary>Gets the vector in the face encoder's own space.</summary>
    public required Embedding Face { get; init; }

    /// <summary>Gets the face that was taken, the largest, in pixels of the image as it came; null for an image that came aligned.</summary>
    public required DetectedFace? Detected { get; init; }

    /// <summary>
    /// Gets by how much the image was turned clockwise because the face is not upright in it: 0, 90, 180 or 270 degrees.
    /// </summary>
    public int TurnDegrees { get; init; }

    /// <summary>Gets how many faces the image has; 1 for an image that came aligned.</summary>
    public required int FaceCount { get; init; }

    /// <summary>Gets the quality of the face; null for an image that came aligned.</summary>
    public FaceQuality? Quality => Detected?.Quality;

    internal override int SizeBytes => sizeof(float) * (Face.Dimension + (Joint?.Dimension ?? 0));

    /// <inheritdoc/>
    public override Embedding? Find(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Face => Face,
        EmbeddingSpace.Joint => Joint,
        _ => null,
    };
}
