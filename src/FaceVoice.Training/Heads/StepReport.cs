namespace FaceVoice.Training.Heads;

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
