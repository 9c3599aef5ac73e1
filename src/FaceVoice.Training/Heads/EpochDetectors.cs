using System.Globalization;

namespace FaceVoice.Training.Heads;

/// <summary>Looks at an epoch for signs that the run is not learning what it should. Torch-free; the texts name the figures they rest on.</summary>
internal static class EpochDetectors
{
    /// <summary>Standard errors above 0.5 from which an area counts as learnt.</summary>
    public const double Significant = 3;

    private const double CollapsedUniformity = -0.05;
    private const double CollapsedRank = 1.5;
    private const int PeopleForRank = 8;

    /// <summary>The figure of people kept apart, in words.</summary>
    public static string ValidationOf(EpochSummary epoch) => epoch.Validation is { } validation ? Format($"validation AUC {validation.Auc:F3}") : "no validation people";

    /// <summary>Whether nothing has been learnt that carries over to other people.</summary>
    public static bool IsAtChance(EpochSummary epoch) => epoch.Validation is { } validation
        ? validation.StandardErrorsAboveChance < Significant
        : epoch.RecallAt1 < 1.5 * epoch.ChanceRecallAt1 && epoch.Loss > 0.98 * epoch.ChanceLoss;

    public static IEnumerable<TrainingWarning> Inspect(IReadOnlyList<EpochSummary> history, bool temperaturePinned)
    {
        var epoch = history[^1];
        return Warnings(epoch, history, temperaturePinned).Where(warning => warning is not null).Select(warning => warning!);
    }

    private static IEnumerable<TrainingWarning?> Warnings(EpochSummary epoch, IReadOnlyList<EpochSummary> history, bool temperaturePinned)
    {
        yield return AtChance(epoch);
        yield return OutOfStep(epoch);
        yield return Collapse(epoch);
        yield return Overfitting(epoch, history);
        yield return GenderOnly(epoch);
        yield return Leakage(epoch);
        yield return RateTooHigh(history, temperaturePinned);
        yield return RateTooLow(history);
        yield return temperaturePinned
            ? Warn("temperature_pinned", $"the temperature stayed at its limit {epoch.Temperature:F3} for most of epoch {epoch.Epoch}")
            : null;
    }

    private static TrainingWarning? AtChance(EpochSummary epoch) => IsAtChance(epoch)
        ? Warn("stuck_at_chance", $"epoch {epoch.Epoch}: loss {epoch.Loss:F3} where knowing nothing gives {epoch.ChanceLoss:F3}, batch recall@1 {epoch.RecallAt1:F4} where guessing gives {epoch.ChanceRecallAt1:F4}, {ValidationOf(epoch)}")
        : null;

    private static TrainingWarning? OutOfStep(EpochSummary epoch) =>
        epoch is { Train: { } train, Validation: { } validation }
        && train.StandardErrorsAboveChance > 8 && train.Auc > 0.6 && validation.StandardErrorsAboveChance < Significant
            ? Warn("pairs_out_of_step", $"epoch {epoch.Epoch}: AUC {train.Auc:F3} on the training people but {validation.Auc:F3} on others, where dealing the voices out anew gives {validation.ShuffledAuc:F3}: the training pairs are learnt by heart, as with faces and voices that do not belong together")
            : null;

    private static TrainingWarning? Collapse(EpochSummary epoch)
    {
        if ((epoch.Validation ?? epoch.Train) is not { Health: var health, People: var people })
        {
            return null;
        }

        // A handful of people spans few directions whatever the heads do.
        var rankTells = people >= PeopleForRank;
        var face = health.FaceUniformity > CollapsedUniformity || (rankTells && health.FaceEffectiveRank < CollapsedRank);
        var voice = health.VoiceUniformity > CollapsedUniformity || (rankTells && health.VoiceEffectiveRank < CollapsedRank);
        var figures = Format($"effective rank {health.FaceEffectiveRank:F1} (faces), {health.VoiceEffectiveRank:F1} (voices); uniformity {health.FaceUniformity:F2}, {health.VoiceUniformity:F2}");
        return (face, voice) switch
        {
            (true, true) => new("collapse", $"all embeddings are nearly the same: {figures}"),
            (true, false) => new("face_ignored", $"all face embeddings are nearly the same: {figures}"),
            (false, true) => new("voice_ignored", $"all voice embeddings are nearly the same: {figures}"),
            _ => null,
        };
    }

    private static TrainingWarning? Overfitting(EpochSummary epoch, IReadOnlyList<EpochSummary> history)
    {
        var best = history.MaxBy(one => one.Validation?.Auc ?? double.NegativeInfinity)!;
        return epoch is { Train: { } train, Validation: { } validation } && !IsAtChance(epoch)
            && train.Auc - validation.Auc > Math.Max(0.05, 4 / Math.Sqrt(12.0 * validation.People)) && best.Epoch < epoch.Epoch
            ? Warn("overfitting", $"AUC {train.Auc:F3} on the training people, {validation.Auc:F3} on others; best there in epoch {best.Epoch} ({best.Validation!.Auc:F3})")
            : null;
    }

    private static TrainingWarning? GenderOnly(EpochSummary epoch) =>
        epoch.Validation is { } validation && validation.StandardErrorsAboveChance > 6 && double.IsFinite(validation.GenderControlledAuc)
        && (validation.GenderControlledAuc - 0.5) * Math.Sqrt(12.0 * validation.People) < Significant
            ? Warn("gender_only", $"validation AUC {validation.Auc:F3}, but {validation.GenderControlledAuc:F3} against people of the same gender: only gender has been learnt")
            : null;

    private static TrainingWarning? Leakage(EpochSummary epoch) =>
        epoch is { Train: { } train, Validation: { } validation } && epoch.Epoch >= 1
        && validation.Auc - train.Auc > Math.Max(0.02, 4 / Math.Sqrt(12.0 * validation.People))
            ? Warn("validation_better_than_train", $"AUC {validation.Auc:F3} on the validation people, {train.Auc:F3} on the training people")
            : null;

    private static TrainingWarning? RateTooHigh(IReadOnlyList<EpochSummary> history, bool temperaturePinned)
    {
        var (epoch, rate) = (history[^1], history.Max(one => one.LearningRate));
        if (history.Count > 1 && epoch.Loss > 1.02 * epoch.ChanceLoss && epoch.Loss > 0.97 * history[^2].Loss)
        {
            return Warn("learning_rate_too_high", $"epoch {epoch.Epoch}: mean loss {epoch.Loss:F3} is worse than knowing nothing ({epoch.ChanceLoss:F3}) at a learning rate of {rate:G2}");
        }

        return temperaturePinned && rate >= 0.05
            ? Warn("learning_rate_too_high", $"epoch {epoch.Epoch}: a learning rate of {rate:G2} threw the temperature to its limit {epoch.Temperature:F3} at once; mean loss {epoch.Loss:F3}, knowing nothing gives {epoch.ChanceLoss:F3}")
            : null;
    }

    private static TrainingWarning? RateTooLow(IReadOnlyList<EpochSummary> history) =>
        history.Count >= 3 && history[^1].LearningRate > 0 && history.Max(one => one.LearningRate) < 2e-5
        && Math.Abs(history[^1].Loss - history[0].Loss) < 0.01 * history[0].ChanceLoss && IsAtChance(history[^1])
            ? Warn("learning_rate_too_low", $"the loss moved from {history[0].Loss:F3} to {history[^1].Loss:F3} in {history.Count} epochs at a learning rate of {history[^1].LearningRate:G2}")
            : null;

    private static TrainingWarning Warn(string code, FormattableString text) => new(code, Format(text));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
