using System.Diagnostics;

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

/// <summary>How well held-out speakers are told apart.</summary>
/// <param name="Step">After how many steps.</param>
/// <param name="EqualErrorRate">
/// Over clean and degraded crops together, all pairs of different recordings; what the best weights are chosen by.
/// </param>
/// <param name="CleanEqualErrorRate">Over clean crops alone.</param>
/// <param name="DetectionCost">Normalised minDCF at a prior of 0.01, clean and degraded together.</param>
/// <param name="IsBest">Whether it is the lowest error so far.</param>
public sealed record SpeakerValidation(long Step, double EqualErrorRate, double CleanEqualErrorRate, double DetectionCost, bool IsBest);

/// <summary>Sums between two lines of progress.</summary>
internal sealed class ProgressWindow
{
    private long _since = Stopwatch.GetTimestamp();
    private double _loss;
    private double _accuracy;
    private int _batches;
    private int _rows;

    /// <summary>Gets or sets the seconds spent waiting for crops.</summary>
    public double DataSeconds { get; set; }

    public void Add(double loss, double accuracy, int rows)
    {
        _loss += loss;
        _accuracy += accuracy;
        _batches++;
        _rows += rows;
    }

    public SpeakerTrainingProgress Close(long step, long steps, int classes, double learningRate, double margin, TimeSpan remaining)
    {
        var seconds = Math.Max(1e-9, Stopwatch.GetElapsedTime(_since).TotalSeconds);
        var batches = Math.Max(1, _batches);
        var line = new SpeakerTrainingProgress(
            step, steps, _loss / batches, Math.Log(classes), _accuracy / batches, classes, learningRate, margin,
            _rows / seconds, DataSeconds / seconds, remaining);
        (_since, _loss, _accuracy, _batches, _rows, DataSeconds) = (Stopwatch.GetTimestamp(), 0, 0, 0, 0, 0);
        return line;
    }
}
