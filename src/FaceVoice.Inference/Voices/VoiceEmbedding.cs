using FaceVoice.Models;

namespace FaceVoice.Inference.Voices;

/// <summary>What was made of a recording of a voice.</summary>
public sealed record VoiceEmbedding : MediaEmbedding
{
    /// <summary>Gets the vector in the speaker encoder's own space: the mean over <see cref="Windows"/>, brought to unit length.</summary>
    public required Embedding Speaker { get; init; }

    /// <summary>Gets the stretches that were encoded, in order of time.</summary>
    public required IReadOnlyList<VoiceWindow> Windows { get; init; }

    /// <summary>Gets the quality of the recording; null if a window was encoded as it came.</summary>
    public required VoiceQuality? Quality { get; init; }

    /// <summary>Gets sentences about what is doubtful in the recording: it is cut off, its channels cancel, another track was taken.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    internal override int SizeBytes => (sizeof(float) * (Speaker.Dimension + (Joint?.Dimension ?? 0))) + (32 * Windows.Count);

    /// <inheritdoc/>
    public override Embedding? Find(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Speaker => Speaker,
        EmbeddingSpace.Joint => Joint,
        _ => null,
    };
}
