using System.Globalization;
using System.Text;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Export;

/// <summary>The part of a model card that speaks of the heads: what they know, what they learnt on, how well they do.</summary>
public static class HeadCard
{
    /// <summary>The heading under which the part stands, level 2.</summary>
    public const string Heading = "## Projection heads";

    /// <summary>Writes the part, its heading included.</summary>
    /// <param name="checkpoint">The heads.</param>
    /// <param name="content">What the bundle says of itself.</param>
    public static string Render(HeadCheckpoint checkpoint, HeadBundleContent content)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(content);
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(Heading + " (`face_head.onnx`, `voice_head.onnx`)").AppendLine();
        text.AppendLine(checkpoint.Options.Positives switch
        {
            PositiveRelation.Gender =>
                "**They know which gender a face and a voice seem to have, and nothing about identity.** Faces and voices of one gender were brought together, whoever they belong to. "
                + "A high score says \"of the same gender\", never \"the same person\".",
            PositiveRelation.GenderAndAge =>
                "**They know which gender and age band a face and a voice seem to have, and nothing about identity.** Faces and voices of one gender and age band were brought "
                + "together, whoever they belong to. A high score says \"of the same gender and age band\", never \"the same person\"; against others of the same, it is chance.",
            _ => "They bring a face and a voice of one person close together. A score is statistical; it never proves who somebody is.",
        }).AppendLine();
        text.AppendLine(culture, $"* **Data**: {content.Data}; {content.Identities} identities and {content.Samples} samples in training.");
        var hidden = checkpoint.Options.Hidden.Count == 0 ? "no hidden layer" : "hidden layers of " + string.Join(" and ", checkpoint.Options.Hidden);
        text.AppendLine(culture, $"* **Heads**: {hidden}, {checkpoint.Options.JointDimension} values of unit length. Training: {content.Command ?? "not recorded"}; {checkpoint.Steps} steps.");
        if (content.Evaluation is { } evaluation)
        {
            AppendFigures(text, evaluation);
        }

        if (content.Notes is { } notes)
        {
            text.AppendLine().AppendLine(notes);
        }

        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>Puts the part into a card in place of one of an earlier time, or at its end.</summary>
    /// <param name="card">The card as it is.</param>
    /// <param name="part">From <see cref="Render"/>.</param>
    public static string Merge(string card, string part)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(part);
        var start = card.IndexOf(Heading, StringComparison.Ordinal);
        if (start < 0)
        {
            return card.TrimEnd() + "\n\n" + part;
        }

        var next = card.IndexOf("\n## ", start + Heading.Length, StringComparison.Ordinal);
        return card[..start] + part + (next < 0 ? "" : card[next..]);
    }

    /// <summary>The part of a card under <see cref="Heading"/>; null where there is none.</summary>
    /// <param name="card">A whole card.</param>
    public static string? Find(string card)
    {
        ArgumentNullException.ThrowIfNull(card);
        var start = card.IndexOf(Heading, StringComparison.Ordinal);
        var next = start < 0 ? -1 : card.IndexOf("\n## ", start + Heading.Length, StringComparison.Ordinal);
        return start < 0 ? null : next < 0 ? card[start..] : card[start..(next + 1)];
    }

    private static void AppendFigures(StringBuilder text, EvaluationReport report)
    {
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine().AppendLine(culture, $"{report.Identities} identities ({report.Samples} samples) that training never saw: {report.Data}. 95 % intervals over identities:").AppendLine();
        text.AppendLine("| | U: against anybody | G: same gender |").AppendLine("| --- | --- | --- |");
        Row("AUC", p => p.Verification.Auc.ToString());
        Row("EER", p => p.Verification.EqualErrorRate.ToString());
        foreach (var (name, direction) in new (string, Func<ProtocolResult, DirectionResult>)[] { ("face to voice", p => p.FaceToVoice), ("voice to face", p => p.VoiceToFace) })
        {
            foreach (var n in new[] { 2, 10 })
            {
                Row(string.Create(culture, $"1:{n} {name} (chance {1.0 / n:F1})"), p => direction(p).Matching.FirstOrDefault(m => m.Candidates == n)?.Accuracy.ToString() ?? "too few");
            }
        }

        if (report.GenderAssociation is { } association)
        {
            text.AppendLine().AppendLine(culture, $"Couples of one gender against couples of two, whoever they are: AUC {association}.");
        }

        foreach (var limit in report.Limits)
        {
            text.AppendLine(culture, $"Limit: {limit}.");
        }

        if (report.Calibration is { } calibration)
        {
            text.AppendLine().AppendLine(culture,
                $"Calibration: {calibration.Method}, chosen on the validation identities; log-loss {calibration.ChosenLogLoss:F3} on the test identities, where knowing nothing gives 0.693. The probability is that of one person, if one couple in two were of one person.");
            if (calibration.ValidationGap is { } gap)
            {
                text.AppendLine(culture, $"On validation identities that it was not fitted on, probabilities miss the share of matches by {gap:F3} on average.");
            }
        }

        void Row(string name, Func<ProtocolResult, string> cell) =>
            text.AppendLine(culture, $"| {name} | {cell(report.Uncontrolled)} | {(report.GenderControlled is { } g ? cell(g) : "genders not known")} |");
    }
}
