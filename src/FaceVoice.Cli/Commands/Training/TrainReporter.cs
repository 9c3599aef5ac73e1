using System.Globalization;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>Shows a run: a line an epoch, and on a terminal one that moves within the epoch.</summary>
internal sealed class TrainReporter(TextWriter output, bool isTerminal) : ITrainingObserver<StepProgress, EpochSummary>
{
    private bool _hasOpenLine;

    public void OnProgress(StepProgress progress)
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

    public void OnValidation(EpochSummary summary)
    {
        Close();
        var health = (summary.Validation ?? summary.Train)?.Health;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"epoch {summary.Epoch + 1}: loss {Figure(summary.Loss, "F3")} (chance {Figure(summary.ChanceLoss, "F3")}), R@1 {Figure(summary.RecallAt1)} (chance {Figure(summary.ChanceRecallAt1)}){Validation(summary)}, rank {Rank(health?.FaceEffectiveRank)}/{Rank(health?.VoiceEffectiveRank)}, T {summary.Temperature:F3}, lr {summary.LearningRate:G2}, {summary.SamplesPerSecond:F0} pairs/s{(summary.IsBest ? " *" : "")}"));
    }

    public void OnNotice(string line)
    {
        Close();
        output.WriteLine(line);
    }

    private static string Validation(EpochSummary summary) => summary.Validation is { } validation
        ? string.Create(CultureInfo.InvariantCulture, $", validation AUC {validation.Auc:F3} U{(double.IsFinite(validation.GenderControlledAuc) ? string.Create(CultureInfo.InvariantCulture, $" {validation.GenderControlledAuc:F3} G") : "")} (chance 0.500, shuffled {validation.ShuffledAuc:F3})")
        : "";

    /// <summary>A dash stands for what could not be measured, as in an epoch whose every step was left out.</summary>
    private static string Figure(double value, string format = "F4") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static string Rank(double? value) => Figure(value ?? double.NaN, "F0");

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
