using System.Globalization;
using System.Text.Json.Nodes;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Diagnosis;

/// <summary>Reads the log of a run and says what is wrong with it, most likely why, and what to change.</summary>
public static class RunDoctor
{
    private const double TooGood = 0.999;

    /// <summary>Looks at a run, finished or not.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no run.</exception>
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    public static RunDiagnosis Examine(string folder)
    {
        var record = new RunRecord(RunLog.Read(RunFolder.Open(folder).LogFile));
        var findings = NonFinite(record)
            .Concat(record.Warnings.Select(warning => FromWarning(warning, record)).OfType<Finding>())
            .Concat(TooGoodToBeTrue(record))
            .ToList();
        if (findings.Any(finding => finding.Code is "pairs_out_of_step" or "collapse" or "face_ignored" or "voice_ignored" or "learning_rate_too_high" or "learning_rate_too_low" or "nan_from_inputs" or "nan_from_head" or "nan_from_loss"))
        {
            // Chance is then the consequence, and the other finding its cause.
            findings = [.. findings.OrderBy(finding => finding.Code == "stuck_at_chance")];
        }

        return new() { Summary = Summarize(record), Findings = [.. findings.OrderByDescending(finding => finding.Severity)] };
    }

    private static string Summarize(RunRecord record)
    {
        var culture = CultureInfo.InvariantCulture;
        if (record.Epochs.Count == 0)
        {
            return record.Stop is { } early ? $"The run ended within its first epoch: {early}" : "The run has not finished an epoch yet.";
        }

        var last = record.Epochs[^1];
        var auc = record.Curve("validation_auc").Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
        return string.Create(culture, $"{record.Epochs.Count} epochs; loss {RunLog.Number(last, "loss"):F3} (knowing nothing: {RunLog.Number(last, "chance_loss"):F3}), best validation AUC {auc:F3} (knowing nothing: 0.5). {record.Stop}");
    }

    private static IEnumerable<Finding> NonFinite(RunRecord record)
    {
        foreach (var group in record.Skips.GroupBy(skip => (string?)skip["cause"] ?? "unknown"))
        {
            var first = group.First();
            var place = (string?)first["place"] ?? "";
            var samples = group.SelectMany(skip => skip["samples"]?.AsArray() ?? []).Select(node => (string?)node).GroupBy(id => id)
                .OrderByDescending(id => id.Count()).Take(5).Select(id => id.Key);
            var fatal = record.Warnings.Any(warning => (string?)warning["code"] == "nonfinite");
            var symptom = string.Create(CultureInfo.InvariantCulture, $"{group.Count()} steps were skipped, the first at step {RunLog.Number(first, "step"):F0}: {place} not finite. Samples most often met: {string.Join(", ", samples)}.");
            yield return group.Key switch
            {
                "input" => new("nan_from_inputs", fatal ? FindingSeverity.Error : FindingSeverity.Warning, symptom,
                    "the features of these samples hold NaN or infinities: a damaged file, or an encoder that failed on it",
                    "remove these samples or compute their features again; the rest of the batch was lost with them", null),
                "embedding" => new("nan_from_head", FindingSeverity.Error, symptom,
                    place.Contains("weights", StringComparison.Ordinal) ? "a weight is not finite: the state from which the run started or resumed is damaged, or an update overflowed" : "values grew beyond what single precision holds inside the head",
                    "go back to the last good checkpoint, lower the learning rate, keep --grad-clip-norm at 1", record.LossCurve),
                _ => new("nan_from_loss", FindingSeverity.Error, symptom,
                    "the loss or its gradient overflowed although the embeddings were finite: the learning rate or the temperature went out of bounds",
                    "lower --learning-rate by ten, keep --grad-clip-norm at 1, and leave the temperature clamped", record.LossCurve),
            };
        }
    }

    private static Finding? FromWarning(JsonObject warning, RunRecord record)
    {
        var (code, text) = ((string)warning["code"]!, (string?)warning["text"] ?? "");
        return code switch
        {
            "stuck_at_chance" => new(code, StillAtChance(record) ? FindingSeverity.Error : FindingSeverity.Note, text,
                "faces and voices of the training pairs have nothing to do with one another, the learning rate is far off, or there are too few people to learn from",
                "check the pairing of a few samples by hand, then try --learning-rate three times higher and lower", record.LossCurve),
            "pairs_out_of_step" => new(code, FindingSeverity.Error, text,
                "faces and voices are paired wrongly: a shifted or shuffled folder, file names sorted differently on the two sides",
                "check the stems of the two folders; a correct set lifts the validation AUC above the shuffled control within an epoch or two", record.ValidationCurve),
            "collapse" => new(code, FindingSeverity.Error, text,
                "the embeddings have shrunk to one direction: constant features on both sides, a far too high learning rate, or a batch without negatives",
                "look at the data report for duplicates, lower --learning-rate, use larger batches with many identities", record.RankCurve),
            "face_ignored" or "voice_ignored" => new(code, FindingSeverity.Error, text,
                $"the {(code == "face_ignored" ? "face" : "voice")} features are the same for everybody, or its encoder is broken: the other side cannot make up for it",
                "compare the features of two different people; look for duplicates in the data report; compute the features again", record.RankCurve),
            "overfitting" => new(code, FindingSeverity.Warning, text,
                "the heads learn the training people by heart: too few people for heads of this size and so many epochs",
                "more people; or smaller --hidden, more --dropout and --weight-decay, fewer epochs. The best checkpoint is from before it began", record.ValidationCurve),
            "gender_only" when LearntMoreThanGender(record) => null,
            "gender_only" => new(code, FindingSeverity.Warning, text,
                "the model tells men from women, and nothing more: gender is the easiest thing that a face and a voice share",
                "train with --hard-negatives 0.5 or --same-gender-weight 4, and judge by the figures against the same gender", record.GenderCurve),
            "temperature_pinned" => new(code, FindingSeverity.Warning, text,
                "the temperature wants to leave its bounds: at the lower one the scores are as sharp as they may get (few or very easy negatives), at the upper one the model hedges (wrong or noisy pairs)",
                "at the lower bound use larger batches or harder negatives; at the upper one check the pairing", record.TemperatureCurve),
            "few_identities_per_batch" => new(code, FindingSeverity.Warning, text,
                "with few people in a batch there are hardly any negatives, so the loss is near its floor without anything being learnt",
                "collect more people, lower --clips-per-identity to 1, or add --queue-size", record.LossCurve),
            "few_people" => new(code, FindingSeverity.Warning, text,
                "the data set is small: the heads can tell these people apart by heart, and nobody else",
                "collect more people before judging the settings; more clips of the same people help little", record.ValidationCurve),
            "no_validation" => new(code, FindingSeverity.Warning, text,
                "--validation-size is 0, or there are too few people for it",
                "keep at least some dozens of people apart: --validation-size 0.1 and --test-size 0.1", record.LossCurve),
            "validation_better_than_train" => new("leakage", FindingSeverity.Warning, text,
                "people of the validation part are also in the training part under other names, or the validation part is easier",
                "look at the alike people and duplicates in the data report; split by person, not by file", record.ValidationCurve),
            "learning_rate_too_high" => new(code, Recovered(record) ? FindingSeverity.Warning : FindingSeverity.Error, text,
                "steps are so large that they throw the weights about", "lower --learning-rate by ten, keep a warm-up of a few hundred steps", record.LossCurve),
            "learning_rate_too_low" => new(code, FindingSeverity.Error, text,
                "steps are too small to get anywhere in this many epochs", "raise --learning-rate; 0.001 suits heads on standardised features", record.LossCurve),
            _ => null,
        };
    }

    private static IEnumerable<Finding> TooGoodToBeTrue(RunRecord record)
    {
        var best = record.Curve("validation_auc").Where(double.IsFinite).DefaultIfEmpty(0).Max();
        if (best > TooGood)
        {
            yield return new("leakage", FindingSeverity.Warning,
                string.Create(CultureInfo.InvariantCulture, $"validation AUC {best:F4}: no published face-voice model comes near it"),
                "a face and its voice share something that gives the pair away: the same recording in training and validation, a file's index, a constant of one source",
                "look at duplicates and alike people in the data report, and evaluate on people from another source", record.ValidationCurve);
        }
    }

    /// <summary>Whether the last epoch told people of one gender apart after all.</summary>
    private static bool LearntMoreThanGender(RunRecord record) =>
        record.Epochs is [.., var last]
        && RunLog.Number(last, "validation_auc_gender_controlled") is { } auc && RunLog.Number(last, "validation_people") is { } people
        && (auc - 0.5) * Math.Sqrt(12 * people) > 3;

    /// <summary>Whether the last epoch is well below the loss of knowing nothing after all.</summary>
    private static bool Recovered(RunRecord record) =>
        record.Epochs is [.., var last] && RunLog.Number(last, "loss") < 0.95 * RunLog.Number(last, "chance_loss") && RunLog.Number(last, "validation_auc") is not < 0.6;

    private static bool StillAtChance(RunRecord record) =>
        record.Curve("validation_auc") is not { Count: > 0 } aucs || aucs.Where(double.IsFinite).DefaultIfEmpty(0.5).Max() < 0.6
        || (record.Stop?.Contains("nothing learnt", StringComparison.Ordinal) ?? false);
}

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
