namespace FaceVoice.Models;

/// <summary>Where the weights of one part come from.</summary>
public sealed record TrainingSummary
{
    /// <summary>The data, for people: corpus, version, which part of it.</summary>
    public string? Data { get; init; }

    /// <summary>Different persons in the training data.</summary>
    public int? Identities { get; init; }

    /// <summary>Samples (utterances, face-voice pairs) in the training data.</summary>
    public long? Samples { get; init; }

    /// <summary>Optimiser steps taken up to the weights kept.</summary>
    public long? Steps { get; init; }

    /// <summary>The command that trained it.</summary>
    public string? Command { get; init; }

    /// <summary>Results by name, such as <c>test_eer_3s</c>, with units in the name; fractions, not percent.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>What a reader of the numbers must know.</summary>
    public string? Notes { get; init; }
}
