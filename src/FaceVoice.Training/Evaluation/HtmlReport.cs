using System.Globalization;
using System.Net;
using System.Text;
using FaceVoice.Models;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>An evaluation as one HTML file without anything from elsewhere: tables, and curves as inline SVG.</summary>
public static class HtmlReport
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222}table{border-collapse:collapse;margin:1rem 0}"
        + "td,th{padding:.3rem .8rem;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}"
        + ".plots{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}figcaption{font-size:13px;color:#555}.limit{background:#fff6e0;padding:.5rem 1rem;border-left:4px solid #e0a800}";

    /// <summary>Writes the report.</summary>
    /// <param name="report">The figures.</param>
    /// <param name="path">The file; replaced where it exists.</param>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(Render(report));
    });

    /// <summary>The report as text.</summary>
    /// <param name="report">The figures.</param>
    public static string Render(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>FaceVoice evaluation</title><style>")
            .Append(Style).Append("</style></head><body><h1>Face-voice matching: evaluation</h1>");
        html.Append(Invariant($"<p>{Escape(report.Data)}: {report.Identities} people, {report.Samples} samples. Model <code>{Escape(Short(report.ModelId))}</code>. Brackets are 95 % intervals over people. Pairs dealt out anew give AUC {report.ShuffledAuc:F3} (the control, 0.5).</p>"));
        foreach (var limit in report.Limits)
        {
            html.Append("<p class=\"limit\">").Append(Escape(limit)).Append("</p>");
        }

        AppendTable(html, report);
        html.Append("<div class=\"plots\">");
        AppendCurves(html, report);
        html.Append("</div><p>A score is statistical. It never proves who somebody is.</p></body></html>");
        return html.ToString();
    }

    private static void AppendTable(StringBuilder html, EvaluationReport report)
    {
        html.Append("<table><tr><th></th><th>U: against anybody</th><th>G: same gender</th></tr>");
        Row("AUC", p => p.Verification.Auc.ToString());
        Row("best possible AUC on these trials", p => p.Verification.BestPossibleAuc is { } best ? Invariant($"{best:F3}") : "not known");
        if (report.Uncontrolled.Verification.BestUncontrolledScoreAuc is not null)
        {
            Row("AUC on these trials of the score that is best for U", p => Invariant($"{p.Verification.BestUncontrolledScoreAuc:F3}"));
        }

        Row("EER", p => p.Verification.EqualErrorRate.ToString());
        Row("minDCF (prior 0.01)", p => Invariant($"{p.Verification.NormalisedDetectionCost:F3}"));
        foreach (var (name, direction) in new (string, Func<ProtocolResult, DirectionResult>)[] { ("face to voice", p => p.FaceToVoice), ("voice to face", p => p.VoiceToFace) })
        {
            foreach (var candidates in new[] { 2, 10 })
            {
                Row(Invariant($"1:{candidates}, {name} (chance {1.0 / candidates:F2})"), p => direction(p).Matching.FirstOrDefault(m => m.Candidates == candidates)?.Accuracy.ToString() ?? "too few people");
            }

            Row("mAP, " + name, p => direction(p).Retrieval.MeanAveragePrecision.ToString());
            Row("R@1 / 5 / 10, " + name, p => Invariant($"{direction(p).Retrieval.RecallAt1.Estimate:F3} / {direction(p).Retrieval.RecallAt5:F3} / {direction(p).Retrieval.RecallAt10:F3}"));
        }

        html.Append("</table>");

        void Row(string name, Func<ProtocolResult, string> cell) => html.Append("<tr><td>").Append(Escape(name)).Append("</td><td>")
            .Append(Escape(cell(report.Uncontrolled))).Append("</td><td>").Append(report.GenderControlled is { } g ? Escape(cell(g)) : "genders not known").Append("</td></tr>");
    }

    private static void AppendCurves(StringBuilder html, EvaluationReport report)
    {
        var roc = new SvgPlot("ROC (blue: U, red: G)", "false positive rate", "true positive rate", 0, 1, 0, 1);
        var det = new SvgPlot("DET, normal deviates", "false positives", "false negatives", -3.1, 1.7, -3.1, 1.7);
        foreach (var (protocol, color) in new[] { (report.Uncontrolled, "#2266cc"), (report.GenderControlled, "#cc3322") })
        {
            if (protocol is null)
            {
                continue;
            }

            roc.Line(protocol.Verification.Curve.Select(p => (p[0], p[1])), color);
            det.Line(protocol.Verification.Curve.Where(p => p[0] is > 0 and < 1 && p[1] is > 0 and < 1).Select(p => (NormalQuantile.Of(p[0]), NormalQuantile.Of(1 - p[1]))), color);
        }

        html.Append(roc.Line([(0, 0), (1, 1)], "#bbb").Render()).Append(det.Render());
        var scores = report.Scores;
        var highest = Math.Max(scores.Matches.Max(), scores.Others.Max());
        html.Append(new SvgPlot("Scores (green: matches, grey: others)", "score", "share", -1, 1, 0, highest)
            .Bars(scores.Others.Select((share, i) => (-1 + (i * scores.BinWidth), share)), scores.BinWidth, "#888")
            .Bars(scores.Matches.Select((share, i) => (-1 + (i * scores.BinWidth), share)), scores.BinWidth, "#2a9d4a").Render());
        if (report.Calibration is { } calibration)
        {
            html.Append(new SvgPlot(Invariant($"Reliability ({calibration.Method}, log-loss {calibration.ChosenLogLoss:F3}; knowing nothing 0.693)"), "probability said", "share that matched", 0, 1, 0, 1)
                .Line([(0, 0), (1, 1)], "#bbb").Line(calibration.Reliability.Select(p => (p[0], p[1])), "#2266cc").Dots(calibration.Reliability.Select(p => (p[0], p[1])), "#2266cc", 3).Render());
        }

        AppendSampleCurve(html, report);
        AppendMap(html, report);
    }

    private static void AppendSampleCurve(StringBuilder html, EvaluationReport report)
    {
        if (report.FacesByVoices.Count < 2)
        {
            return;
        }

        var lowest = Math.Floor((report.FacesByVoices.Min(p => p.Auc) - 0.01) * 50) / 50;
        var plot = new SvgPlot("AUC over k faces x m clips (a line a number of faces, darker = more)", "clips (log2)", "AUC", 0, 3, lowest, 1);
        foreach (var line in report.FacesByVoices.GroupBy(p => p.Faces))
        {
            var color = line.Key switch { 1 => "#9ecae1", 2 => "#4292c6", 4 => "#08519c", _ => "#08306b" };
            plot.Line(line.Select(p => (Math.Log2(p.Voices), p.Auc)), color).Dots(line.Select(p => (Math.Log2(p.Voices), p.Auc)), color, 3);
        }

        html.Append(plot.Render());
    }

    private static void AppendMap(StringBuilder html, EvaluationReport report)
    {
        var reach = Math.Max(1e-9, report.Map.Max(p => Math.Max(Math.Abs(p[0]), Math.Abs(p[1]))));
        var plot = new SvgPlot("Joint space on its principal plane (dark: faces, light: voices; colour: gender)", "", "", -reach, reach, -reach, reach);
        foreach (var group in report.Map.GroupBy(p => (Gender: (int)p[2], Voice: p[3] > 0)))
        {
            var color = (group.Key.Gender, group.Key.Voice) switch
            {
                (0, false) => "#c0392b",
                (0, true) => "#f0a58f",
                (1, false) => "#1f4e9e",
                (1, true) => "#86b6f0",
                (_, false) => "#555",
                _ => "#aaa",
            };
            plot.Dots(group.Select(p => (p[0], p[1])), color, 2);
        }

        html.Append(plot.Render());
    }

    private static string Short(string id) => id.Length > 16 ? id[..16] : id;

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
