namespace FaceVoice.Training.Heads;

/// <summary>How the learning rate falls after warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>Along half a cosine to the lowest rate at the end of the run.</summary>
    Cosine,

    /// <summary>By a factor whenever the validation people have not improved for some epochs.</summary>
    Plateau,
}
