namespace FaceVoice.Training.Speaker;

/// <summary>Is told how training goes, on the training thread.</summary>
public interface ISpeakerTrainingObserver
{
    /// <summary>Some steps were done.</summary>
    /// <param name="progress">How they went.</param>
    void OnProgress(SpeakerTrainingProgress progress);

    /// <summary>The held-out speakers were tried.</summary>
    /// <param name="validation">How well they were told apart.</param>
    void OnValidation(SpeakerValidation validation);

    /// <summary>Something that the user should know happened.</summary>
    /// <param name="message">One line.</param>
    void OnWarning(string message);
}
