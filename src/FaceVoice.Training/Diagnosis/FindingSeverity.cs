namespace FaceVoice.Training.Diagnosis;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>The result is worse than it need be, or says less than it seems to.</summary>
    Warning,

    /// <summary>The run is of no use as it is.</summary>
    Error,
}
