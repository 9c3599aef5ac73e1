namespace FaceVoice.Training.Heads;

/// <summary>Hears how a run goes, on the training thread.</summary>
public interface ITrainingObserver
{
    /// <summary>A step is done that the log shows.</summary>
    /// <param name="progress">Where the run stands.</param>
    void OnStep(StepProgress progress);

    /// <summary>An epoch is done.</summary>
    /// <param name="summary">Its figures.</param>
    void OnEpoch(EpochSummary summary);

    /// <summary>Something is worth a line.</summary>
    /// <param name="line">The line.</param>
    void OnNotice(string line);
}
