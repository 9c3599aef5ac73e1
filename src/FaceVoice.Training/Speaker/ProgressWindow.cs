using System.Diagnostics;

namespace FaceVoice.Training.Speaker;

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
