using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Export;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;

namespace FaceVoice.Cli.Commands.Training;

/// <summary><c>facevoice evaluate</c>: what a model can do on people it has never met, by the field's protocols.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Required = true, Description = "A model bundle, or the folder of a training run.", HelpName = "DIR" };
        var part = new Option<string>("--part") { Description = "Whose samples: test, validation, train or all. Default: test where a split is known, all where it is not or knows none of these people.", DefaultValueFactory = _ => "" };
        var split = new Option<string?>("--split") { Description = "split.json of a run. Default: that of the run given as --model.", HelpName = "FILE" };
        var trials = new Option<string?>("--trials") { Description = "A list of trials: 'label face voice' a line, or CSV with these columns; names are sample ids.", HelpName = "FILE" };
        var scores = new Option<string?>("--scores") { Description = "Write the scored trials of --trials as CSV.", HelpName = "FILE" };
        var listOut = new Option<string?>("--trials-out") { Description = "Write the trials of the evaluation as a list, 'label face voice' a line.", HelpName = "FILE" };
        var protocol = new Option<TrialProtocol>("--protocol") { Description = "Which trials --trials-out writes: Uncontrolled or GenderControlled.", DefaultValueFactory = _ => TrialProtocol.Uncontrolled };
        var norm = new Option<bool>("--score-norm") { Description = "Adaptive s-norm of the scores against the validation people." };
        var report = new Option<string?>("--report") { Description = "Write an HTML report, one file with all curves.", HelpName = "FILE.html" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout." };
        var command = new Command(
            "evaluate",
            "Evaluates without gender control (U) and against the same gender (G): AUC, EER, 1:2 and 1:10 matching and retrieval in both directions, k faces x m clips, "
            + "calibration on validation people; 95 % intervals over people.")
        {
            model, part, split, trials, scores, listOut, protocol, norm, report, json,
        };
        var source = new TrainingDataOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var folder = ModelDirectory.Locate(parsed.GetValue(model))!;
            var isRun = File.Exists(Path.Combine(folder, "log.jsonl"));
            var bundle = ModelBundle.Open(isRun ? Path.Combine(folder, "model") : folder);
            var data = source.Read(parsed);
            if (!data.HasSource && isRun)
            {
                data = TrainingData.FromJson(JsonNode.Parse(File.ReadAllText(RunFolder.Open(folder).ConfigFile))!["data"]!);
            }

            var cache = isRun ? Path.Combine(folder, "features") : Path.Combine(Path.GetTempPath(), "facevoice-features");
            var encoders = data.Encoders ?? (bundle.Manifest.Encoders.Speaker is null ? null : bundle.Directory);
            var (set, rejected, _) = await (data with { Encoders = encoders, FaceNetwork = bundle.Directory }).LoadAsync(cache, cancellationToken);
            foreach (var sample in rejected)
            {
                Console.Error.WriteLine($"left out {sample.Id}: {sample.Reason}");
            }

            RequireSameFeatures(bundle, set);
            var joint = JointProjector.Project(set, File.ReadAllBytes(bundle.FaceHeadPath), File.ReadAllBytes(bundle.VoiceHeadPath));
            if (parsed.GetValue(trials) is { } list)
            {
                return ScoreTrials(joint, list, parsed.GetValue(scores), parsed.GetValue(json));
            }

            var division = Division(parsed.GetValue(split) ?? SplitOfModel(folder, isRun), set);
            var (test, validation) = Parts(joint, division, parsed.GetValue(part)!);
            var evaluator = new Evaluator(new()
            {
                ScoreNormalization = parsed.GetValue(norm),
                Positives = Positives(bundle.Manifest.Capability),
            });
            var result = evaluator.Evaluate(bundle.ModelId, data.Words, test, validation).WithAcquaintances(test, division);
            if (parsed.GetValue(listOut) is { } target)
            {
                TrialList.Write(target, TrialList.Draw(evaluator.Admit(test), parsed.GetValue(protocol)));
            }

            if (parsed.GetValue(report) is { } html)
            {
                HtmlReport.Write(result, html);
            }

            Console.WriteLine(parsed.GetValue(json) ? result.ToJson().ToJsonString() : EvaluationText.Render(result));
            return ExitCode.Done;
        });
    }

    /// <summary>Whom a model that knows nothing of identity brings together.</summary>
    private static PositiveRelation Positives(ModelCapability? capability) => capability switch
    {
        { Identity: false } when capability.Associates.Contains("age") => PositiveRelation.GenderAndAge,
        { Identity: false } when capability.Associates.Contains("gender") => PositiveRelation.Gender,
        _ => PositiveRelation.Identity,
    };

    private static void RequireSameFeatures(ModelBundle bundle, FeatureSet set)
    {
        var (face, voice) = (bundle.Manifest.Heads?.Face.InputDimension, bundle.Manifest.Heads?.Voice.InputDimension);
        if ((face, voice) != (set.Faces.Dimension, set.Voices.Dimension))
        {
            throw new InvalidDataException(
                $"The model takes features of {face} and {voice} values; these have {set.Faces.Dimension} and {set.Voices.Dimension}.");
        }
    }

    /// <summary>The division of the run that is given, or in whose folder the bundle lies; null where there is none.</summary>
    private static string? SplitOfModel(string folder, bool isRun)
    {
        var run = isRun ? folder : Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))!;
        return File.Exists(Path.Combine(run, "log.jsonl")) && RunFolder.Open(run).SplitFile is var file && File.Exists(file) ? file : null;
    }

    private static IdentitySplit? Division(string? file, FeatureSet set) =>
        file is not null ? IdentitySplit.Load(file)
        : set.Identities.All(person => person.Split is not null) ? IdentitySplit.Create(set.Identities, 0, 0, 1)
        : null;

    private static (FeatureSet Test, FeatureSet? Validation) Parts(FeatureSet joint, IdentitySplit? division, string part)
    {
        var isOfOthers = division is not null && part == "" && joint.Identities.All(person => division.PartOf(person.Name) is null);
        if (division is null || isOfOthers || part == "all")
        {
            return part is "" or "all"
                ? (joint, division?.Select(joint, SplitPart.Validation))
                : throw new UsageException($"--part {part} needs a split: --split FILE.");
        }

        var chosen = part == "" ? SplitPart.Test : Enum.TryParse<SplitPart>(part, ignoreCase: true, out var named) ? named
            : throw new UsageException($"--part is test, validation, train or all, not '{part}'.");
        return (division.Select(joint, chosen), chosen == SplitPart.Validation ? null : division.Select(joint, SplitPart.Validation));
    }

    private static int ScoreTrials(FeatureSet joint, string list, string? output, bool json)
    {
        var trials = TrialList.Read(list);
        if (TrialList.Contradictions(trials) is { } torn)
        {
            Console.Error.WriteLine($"warning: {torn}");
        }

        var (scores, curve) = TrialScorer.Score(joint, trials);
        if (output is not null)
        {
            TrialList.WriteScores(output, trials, scores);
        }

        var eer = FaceVoice.Training.Metrics.EqualErrorRate.From(curve);
        Console.WriteLine(json
            ? new JsonObject { ["trials"] = trials.Count, ["auc"] = curve.AreaUnderCurve, ["eer"] = eer.Rate, ["eer_threshold"] = eer.Threshold }.ToJsonString()
            : string.Create(CultureInfo.InvariantCulture, $"{trials.Count} trials: AUC {curve.AreaUnderCurve:F4}, EER {eer.Rate:P2} at {eer.Threshold:F4}"));
        return ExitCode.Done;
    }
}
