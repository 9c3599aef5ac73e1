namespace FaceVoice.Training.Statistics;

/// <summary>Health figures of one batch of embeddings.</summary>
public sealed record BatchHealth
{
    /// <summary>Gets how often the nearest of the other side is a positive, mean of both directions, 0 to 1.</summary>
    public required double RecallAt1 { get; init; }

    /// <summary>Gets what <see cref="RecallAt1"/> would be by guessing: 1/N where every sample is another person.</summary>
    public required double ChanceRecallAt1 { get; init; }

    /// <summary>Gets the mean squared distance between the two sides of a sample, 0 to 4; 2 is what unrelated directions have.</summary>
    public required double Alignment { get; init; }

    /// <summary>Gets the uniformity of the face embeddings; 0 is collapse.</summary>
    public required double FaceUniformity { get; init; }

    /// <summary>Gets the uniformity of the voice embeddings; 0 is collapse.</summary>
    public required double VoiceUniformity { get; init; }

    /// <summary>Gets how many directions the face embeddings use; 1 is collapse.</summary>
    public required double FaceEffectiveRank { get; init; }

    /// <summary>Gets how many directions the voice embeddings use; 1 is collapse.</summary>
    public required double VoiceEffectiveRank { get; init; }
}
