namespace FaceVoice.Training.Speaker;

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
