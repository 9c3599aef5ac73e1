namespace FaceVoice.Training.Speaker;

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum LearningCurve
{
    /// <summary>Half a cosine, to nearly nothing.</summary>
    Cosine,

    /// <summary>A straight line, to nearly nothing.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}
