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

/// <summary>What one batch gave.</summary>
internal sealed record StepReport
{
    /// <summary>Why nothing was learnt from the batch; null where all was finite.</summary>
    public SkipCause? Skip { get; init; }

    public double Loss { get; init; }

    /// <summary>The loss where every candidate has the same score.</summary>
    public double ChanceLoss { get; init; }

    public double FaceGradientNorm { get; init; }

    public double VoiceGradientNorm { get; init; }

    /// <summary>0 where the speaker encoder is frozen.</summary>
    public double SpeakerGradientNorm { get; init; }

    public double LossGradientNorm { get; init; }

    public double GradientNorm { get; init; }

    /// <summary>Unit joint embeddings of the batch; null where they were not asked for.</summary>
    public float[]? Faces { get; init; }

    public float[]? Voices { get; init; }
}

/// <summary>Where numbers that are not finite were first seen in a step.</summary>
/// <param name="Cause">A short name: <c>input</c>, <c>embedding</c>, <c>loss</c> or <c>gradient</c>.</param>
/// <param name="Place">Which part, in words.</param>
/// <param name="Faces">The rows of the batch whose faces are concerned.</param>
/// <param name="Voices">The rows of the batch whose voices are concerned; where both lists are empty it is all of them.</param>
internal sealed record SkipCause(string Cause, string Place, IReadOnlyList<int> Faces, IReadOnlyList<int> Voices)
{
    /// <summary>A cause that concerns the whole batch.</summary>
    public SkipCause(string cause, string place)
        : this(cause, place, [], [])
    {
    }
}

/// <summary>What a head is fed with.</summary>
/// <param name="Dimension">Values a row.</param>
/// <param name="Level">Root mean square of the values, as the head sees them.</param>
internal readonly record struct HeadInput(int Dimension, double Level);
