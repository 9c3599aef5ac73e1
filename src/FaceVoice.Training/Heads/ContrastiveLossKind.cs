namespace FaceVoice.Training.Heads;

/// <summary>Which question the training loss asks.</summary>
public enum ContrastiveLossKind
{
    /// <summary>Which of all voices belongs to this face, and the other way round: cross entropy over the batch.</summary>
    InfoNce,

    /// <summary>Do this face and this voice belong together: one yes or no a pair (SigLIP).</summary>
    Sigmoid,
}
