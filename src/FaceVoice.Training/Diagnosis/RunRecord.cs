using System.Text.Json.Nodes;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Diagnosis;

/// <summary>The lines of a run's log, sorted by kind.</summary>
internal sealed class RunRecord(IReadOnlyList<JsonObject> lines)
{
    public IReadOnlyList<JsonObject> Epochs { get; } = Of(lines, "epoch");

    public IReadOnlyList<JsonObject> Skips { get; } = Of(lines, "skip");

    public IReadOnlyList<JsonObject> Warnings { get; } = Of(lines, "warning");

    /// <summary>How the run ended, in its own words; null while it goes on.</summary>
    public string? Stop { get; } = (string?)Of(lines, "stop").LastOrDefault()?["text"];

    public DiagnosisCurve LossCurve => new("loss by epoch", Curve("loss"), Curve("chance_loss"));

    public DiagnosisCurve ValidationCurve => new("validation AUC by epoch", Curve("validation_auc"), [0.5]);

    public DiagnosisCurve GenderCurve => new("validation AUC against the same gender by epoch", Curve("validation_auc_gender_controlled"), [0.5]);

    public DiagnosisCurve RankCurve => new("effective rank of the face embeddings by epoch", Curve("validation_effective_rank_face"), null);

    public DiagnosisCurve TemperatureCurve => new("temperature by epoch", Curve("temperature"), null);

    public IReadOnlyList<double> Curve(string name) => [.. Epochs.Select(epoch => RunLog.Number(epoch, name)).OfType<double>()];

    private static List<JsonObject> Of(IReadOnlyList<JsonObject> lines, string kind) => [.. lines.Where(line => (string?)line["event"] == kind)];
}
