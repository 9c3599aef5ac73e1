using System.Globalization;
using System.Text;
using FaceVoice.Training.Metrics;
using FaceVoice.Training.Speaker.Evaluation;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary>The report of <c>speaker evaluate</c> for people.</summary>
internal static class SpeakerEvaluationTable
{
    public static string Format(SpeakerEvaluationReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"encoder {report.ModelSha256[..12]}, {report.Dimension} values; {report.Speakers} speakers, {report.Recordings} recordings; cohort {report.CohortSpeakers} speakers\n\n");
        text.Append("clip length  mean s  clips  speakers  trials same/other  EER % [95 %]          minDCF(0.01) [95 %]   AUC [95 %]             EER % with s-norm\n");
        foreach (var row in report.ByLength)
        {
            var length = row.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds} s{(row.Joined ? " joined" : string.Empty)}") : "whole";
            Append(text, length, row);
        }

        text.Append("\nenrolment    mean s  clips  speakers  trials same/other  EER % [95 %]          minDCF(0.01) [95 %]   AUC [95 %]             EER % with s-norm\n");
        foreach (var row in report.ByEnrolment)
        {
            Append(text, string.Create(CultureInfo.InvariantCulture, $"{row.EnrolmentClips} x {row.Seconds} s"), row);
        }

        text.Append('\n');
        foreach (var note in report.Notes)
        {
            text.Append("Note: ").Append(note).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, string label, SpeakerEvaluationRow row) => text.Append(
        CultureInfo.InvariantCulture,
        $"{label,-11}  {row.MeanSeconds,6:F1}  {row.Clips,5}  {row.Speakers,8}  {row.TargetTrials + "/" + row.OtherTrials,17}  {Percent(row.Cosine.EqualErrorRate),-20}  {row.Cosine.DetectionCost,-20}  {row.Cosine.AreaUnderCurve,-21}  {(row.Normalised is { } norm ? Percent(norm.EqualErrorRate) : "-")}\n");

    private static string Percent(BootstrapInterval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * interval.Estimate:F2} [{100 * interval.Lower:F2}, {100 * interval.Upper:F2}]");
}
