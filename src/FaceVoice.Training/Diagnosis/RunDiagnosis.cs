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
