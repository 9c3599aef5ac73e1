using FaceVoice.Models;

namespace FaceVoice.Inference;

/// <summary>The model has no such embedding space, or the medium does not reach it.</summary>
public sealed class SpaceUnavailableException : Exception
{
    internal SpaceUnavailableException(EmbeddingSpace space, string reason)
        : base($"There is no embedding in the {space.ToString().ToLowerInvariant()} space: {reason}.") => Space = space;

    /// <summary>Gets the space that was asked for.</summary>
    public EmbeddingSpace Space { get; }
}
