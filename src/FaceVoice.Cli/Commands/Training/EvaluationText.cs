using System.Globalization;
using System.Text;
using FaceVoice.Training.Evaluation;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>An evaluation as a table for people.</summary>
internal static class EvaluationText
{
    public static string Render(EvaluationReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Data}: {report.Identities} people, {report.Samples} samples; 95 % intervals over people");
        foreach (var limit in report.Limits)
        {
            text.AppendLine("note: " + limit);
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-34}{"U (anybody)",-26}G (same gender)");
        Row(text, report, "AUC", p => p.Verification.Auc.ToString());
        Row(text, report, "  best possible", p => Best(p.Verification, p.Verification.BestPossibleAuc));
        if (report.Uncontrolled.Verification.BestPossibleAuc is not null)
        {
            Row(text, report, "  by the score that is best for U", p => Best(p.Verification, p.Verification.BestUncontrolledScoreAuc));
        }

        Row(text, report, "EER", p => p.Verification.EqualErrorRate.ToString());
        foreach (var (name, direction) in new (string, Func<ProtocolResult, DirectionResult>)[] { ("face to voice", p => p.FaceToVoice), ("voice to face", p => p.VoiceToFace) })
        {
            foreach (var n in new[] { 2, 10 })
            {
                Row(text, report, string.Create(CultureInfo.InvariantCulture, $"1:{n} {name} (chance {1.0 / n:F2})"), p => direction(p).Matching.FirstOrDefault(m => m.Candidates == n)?.Accuracy.ToString() ?? "too few people");
            }

            Row(text, report, "mAP " + name, p => direction(p).Retrieval.MeanAveragePrecision.ToString());
            Row(text, report, "R@1/5/10 " + name, p => string.Create(CultureInfo.InvariantCulture, $"{direction(p).Retrieval.RecallAt1.Estimate:F3}/{direction(p).Retrieval.RecallAt5:F3}/{direction(p).Retrieval.RecallAt10:F3}"));
        }

        if (report.GenderAssociation is { } association)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"gender association (one gender against two): AUC {association}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"control, pairs dealt out anew: AUC {report.ShuffledAuc:F3}");
        if (report.FacesByVoices.Count > 1)
        {
            text.AppendLine("k faces x m clips: " + string.Join(", ", report.FacesByVoices.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Faces}x{p.Voices} {p.Auc:F3}"))));
        }

        if (report.Calibration is { } calibration)
        {
            var losses = string.Join(", ", calibration.Fits.Select(fit => FormattableString.Invariant($"{fit.LogLoss:F3} ({fit.Method})")));
            var gap = calibration.ValidationGap is { } miss
                ? FormattableString.Invariant($", where it misses the share of matches by {miss:F3} on average")
                : "";
            var thresholds = string.Join(", ", calibration.Chosen.Thresholds.Select(t => FormattableString.Invariant($"{t.Name} {t.Score:F3}")));
            text.Append($"calibration: log-loss {losses}; knowing nothing 0.693; ")
                .AppendLine($"{calibration.Method} chosen on the validation people{gap}. Thresholds: {thresholds}");
        }

        return text.ToString().TrimEnd();
    }

    private static string Best(VerificationResult result, double? best) =>
        best is { } area ? string.Create(CultureInfo.InvariantCulture, $"{area:F3} ({100 * result.Auc.Estimate / area:F1} % reached)") : "not known";

    private static void Row(StringBuilder text, EvaluationReport report, string name, Func<ProtocolResult, string> cell) =>
        text.AppendLine(CultureInfo.InvariantCulture, $"{name,-34}{cell(report.Uncontrolled),-26}{(report.GenderControlled is { } g ? cell(g) : "genders not known")}");
}
