namespace FaceVoice.Training.Evaluation;

/// <summary>Against whom a match is held.</summary>
public enum TrialProtocol
{
    /// <summary>Against anybody (U): gender alone already tells many pairs apart.</summary>
    Uncontrolled,

    /// <summary>Against people of the same gender only (G): what is left when gender cannot help.</summary>
    GenderControlled,
}
