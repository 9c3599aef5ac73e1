namespace FaceVoice.Training.Speaker;

/// <summary>How gradients become steps.</summary>
public enum SpeakerOptimizer
{
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Gradient descent with Nesterov's momentum of 0.9.</summary>
    Sgd,
}
