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

/// <summary>One line of progress.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="Loss">Mean loss since the last line.</param>
/// <param name="ChanceLoss">Loss of a network that knows nothing, without margin: ln of the number of classes.</param>
/// <param name="Accuracy">Share of crops whose nearest class is right, since the last line.</param>
/// <param name="Classes">Number of classes; chance accuracy is one in so many.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Margin">The margin, in radians.</param>
/// <param name="SamplesPerSecond">Crops a second since the last line.</param>
/// <param name="DataShare">Share of the time that was spent waiting for crops.</param>
/// <param name="Remaining">Estimated time to the end.</param>
public sealed record SpeakerTrainingProgress(
    long Step, long Steps, double Loss, double ChanceLoss, double Accuracy, int Classes, double LearningRate, double Margin,
    double SamplesPerSecond, double DataShare, TimeSpan Remaining);

/// <summary>How well held-out speakers are told apart.</summary>
/// <param name="Step">After how many steps.</param>
/// <param name="EqualErrorRate">
/// Over clean and degraded crops together, all pairs of different recordings; what the best weights are chosen by.
/// </param>
/// <param name="CleanEqualErrorRate">Over clean crops alone.</param>
/// <param name="DetectionCost">Normalised minDCF at a prior of 0.01, clean and degraded together.</param>
/// <param name="IsBest">Whether it is the lowest error so far.</param>
public sealed record SpeakerValidation(long Step, double EqualErrorRate, double CleanEqualErrorRate, double DetectionCost, bool IsBest);
