namespace FaceVoice.Training.Heads;

/// <summary>Why a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs were done.</summary>
    Completed,

    /// <summary>The validation people had not improved for long enough.</summary>
    EarlyStopped,

    /// <summary>It learnt nothing and was stopped.</summary>
    StuckAtChance,

    /// <summary>Too many steps in a row met numbers that are not finite.</summary>
    NonFinite,

    /// <summary>It was asked to stop, has saved its state and can be resumed.</summary>
    Cancelled,
}
