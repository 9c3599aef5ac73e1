namespace FaceVoice.Training.Heads;

/// <summary>What goes into one step.</summary>
internal sealed record BatchPlan
{
    public required long Step { get; init; }

    /// <summary>Face features, [batch, dimension].</summary>
    public required ReadOnlyMemory<float> Faces { get; init; }

    /// <summary>Voice features, [batch, dimension].</summary>
    public required ReadOnlyMemory<float> Voices { get; init; }

    /// <summary>The samples whose voices were taken: other ones of the same people, maybe.</summary>
    public required int[] VoiceSamples { get; init; }

    public required long[] Groups { get; init; }

    public required long[] Genders { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Whether gradients start from zero here.</summary>
    public required bool OpensWindow { get; init; }

    /// <summary>Whether the optimiser steps after this batch.</summary>
    public required bool ClosesWindow { get; init; }

    public required bool WantsEmbeddings { get; init; }

    public int Count => Groups.Length;
}
