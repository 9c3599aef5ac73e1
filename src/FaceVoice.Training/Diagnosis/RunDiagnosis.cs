using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;

namespace FaceVoice.Training.Diagnosis;

/// <summary>What a look at a run's log brought to light, the worst first.</summary>
public sealed record RunDiagnosis
{
    /// <summary>Gets one sentence: how the run went.</summary>
    public required string Summary { get; init; }

    /// <summary>Gets the findings.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Gets a value indicating whether a finding makes the run useless.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>The diagnosis as one JSON object.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, FeatureJson.Options)!.AsObject();

    /// <summary>The diagnosis for people.</summary>
    public string ToText()
    {
        var text = new StringBuilder().AppendLine(Summary);
        foreach (var finding in Findings)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"[{finding.Severity.ToString().ToLowerInvariant()}] {finding.Code}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  seen:        {finding.Symptom}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  most likely: {finding.Cause}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  do:          {finding.Advice}");
            if (finding.Curve is { Values.Count: > 1 } curve)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {curve.Name}: {Sparkline.Draw(curve.Values, curve.Chance)}");
            }
        }

        return text.ToString().TrimEnd();
    }
}

/// <summary>One thing that is wrong, or right, with a run.</summary>
/// <param name="Code">A short name for machines.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Symptom">What was seen.</param>
/// <param name="Cause">What most likely lies behind it.</param>
/// <param name="Advice">What to change.</param>
/// <param name="Curve">The curve behind it, one value an epoch (or step): name and values.</param>
public sealed record Finding(string Code, FindingSeverity Severity, string Symptom, string Cause, string Advice, DiagnosisCurve? Curve);

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>The result is worse than it need be, or says less than it seems to.</summary>
    Warning,

    /// <summary>The run is of no use as it is.</summary>
    Error,
}

/// <summary>The curve that a finding rests on.</summary>
/// <param name="Name">What is drawn.</param>
/// <param name="Values">One value an epoch.</param>
/// <param name="Chance">The same while nothing is learnt; null where there is no such line.</param>
public sealed record DiagnosisCurve(string Name, IReadOnlyList<double> Values, IReadOnlyList<double>? Chance);

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";
    private const int MostColumns = 60;

    public static string Draw(IReadOnlyList<double> values, IReadOnlyList<double>? chance)
    {
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count == 0)
        {
            return "no finite value";
        }

        var (low, high) = (finite.Min(), finite.Max());
        var step = Math.Max(1, (int)Math.Ceiling(values.Count / (double)MostColumns));
        var bars = values.Where((_, i) => i % step == 0).Select(value =>
            !double.IsFinite(value) ? '!' : Heights[(int)Math.Round((high > low ? (value - low) / (high - low) : 0.5) * (Heights.Length - 1))]);
        var line = chance is { Count: > 0 } ? string.Create(CultureInfo.InvariantCulture, $", chance {chance[^1]:G4}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{values[0]:G4} {string.Concat(bars)} {values[^1]:G4}{line}");
    }
}
