using System.Globalization;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary>Writes progress: one line that is overwritten on a terminal, else a line now and then.</summary>
internal sealed class SpeakerTrainReporter(TextWriter output, bool terminal)
    : ITrainingObserver<SpeakerTrainingProgress, SpeakerValidation>, IProgress<CacheProgress>
{
    private readonly Lock _lock = new();

    public void OnProgress(SpeakerTrainingProgress progress)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"step {progress.Step}/{progress.Steps}  loss {progress.Loss:F3} (chance {progress.ChanceLoss:F2})  right {progress.Accuracy:P1} (chance {1.0 / progress.Classes:P2})  "
            + $"lr {progress.LearningRate:G3}  margin {progress.Margin:F2}  {progress.SamplesPerSecond:F0} crops/s  data {progress.DataShare:P0}  left {progress.Remaining:hh\\:mm\\:ss}");
        output.Write(terminal ? $"\r{line}" : line + '\n');
    }

    public void OnValidation(SpeakerValidation validation) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{(terminal ? "\n" : string.Empty)}step {validation.Step}: held-out speakers EER {validation.EqualErrorRate:P2} (clean {validation.CleanEqualErrorRate:P2}), minDCF {validation.DetectionCost:F3}{(validation.IsBest ? ", best so far" : string.Empty)}"));

    public void OnNotice(string line) => output.WriteLine(line);

    /// <summary>Names what was found in a data set's folder and is not used.</summary>
    public void Name(SpeakerDataset data)
    {
        foreach (var (path, reason) in data.PassedOver)
        {
            output.WriteLine($"left out {path}: {reason}");
        }
    }

    public void Report(CacheProgress value)
    {
        lock (_lock)
        {
            if (value.Undecodable is { } trouble)
            {
                output.WriteLine($"{(terminal ? "\r" : string.Empty)}left out {trouble}");
            }

            if (value.Done == value.Total || value.Done % (terminal ? 10 : 500) == 0)
            {
                var failed = value.Failed > 0 ? $", {value.Failed} could not be decoded" : string.Empty;
                output.Write($"{(terminal ? "\r" : string.Empty)}decoded {value.Done}/{value.Total}{failed}{(terminal && value.Done < value.Total ? string.Empty : "\n")}");
            }
        }
    }
}
