using System.Globalization;
using FaceVoice.Training.Dual;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>Shows a run: a line an epoch, and on a terminal one that moves within the epoch.</summary>
internal sealed class TrainReporter(TextWriter output, bool isTerminal) : ITrainingObserver
{
    private bool _hasOpenLine;

    public void OnStep(StepProgress progress)
    {
        if (!isTerminal)
        {
            return;
        }

        var skipped = progress.Skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Skipped} skipped") : "";
        output.Write(string.Create(CultureInfo.InvariantCulture,
            $"\repoch {progress.Epoch + 1}/{progress.Epochs} {Bar(progress)} loss {progress.Loss:F3} (chance {progress.ChanceLoss:F3}), R@1 {progress.RecallAt1:F3} ({progress.ChanceRecallAt1:F3}){skipped}   "));
        _hasOpenLine = true;
    }

    public void OnEpoch(EpochSummary summary)
    {
        Close();
        var health = (summary.Validation ?? summary.Train)?.Health;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"epoch {summary.Epoch + 1}: loss {summary.Loss:F3} (chance {summary.ChanceLoss:F3}), R@1 {summary.RecallAt1:F4} (chance {summary.ChanceRecallAt1:F4}){Validation(summary)}, rank {health?.FaceEffectiveRank:F0}/{health?.VoiceEffectiveRank:F0}, T {summary.Temperature:F3}, lr {summary.LearningRate:G2}, {summary.SamplesPerSecond:F0} pairs/s{(summary.IsBest ? " *" : "")}"));
    }

    public void OnNotice(string line)
    {
        Close();
        output.WriteLine(line);
    }

    private static string Validation(EpochSummary summary) => summary.Validation is { } validation
        ? string.Create(CultureInfo.InvariantCulture, $", validation AUC {validation.Auc:F3} U{(double.IsFinite(validation.GenderControlledAuc) ? string.Create(CultureInfo.InvariantCulture, $" {validation.GenderControlledAuc:F3} G") : "")} (chance 0.500, shuffled {validation.ShuffledAuc:F3})")
        : "";

    private static string Bar(StepProgress progress)
    {
        var full = progress.Batch * 20 / progress.Batches;
        return "[" + new string('=', full) + new string(' ', 20 - full) + "]";
    }

    private void Close()
    {
        if (_hasOpenLine)
        {
            output.WriteLine();
            _hasOpenLine = false;
        }
    }
}
