using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Features;
using FaceVoice.Models;
using FaceVoice.Training;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Export;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;

namespace FaceVoice.Cli.Commands.Training;

/// <summary><c>facevoice train</c>: two heads that bring a face and a voice of one person together.</summary>
internal static class TrainCommand
{
    /// <summary>The command's name, also that of <c>speaker train</c>.</summary>
    public const string Name = "train";

    public static Command Create()
    {
        var save = new Option<string?>("--save-dir") { Description = "The run's folder: settings, log, checkpoints, TensorBoard events, and at the end a model bundle.", HelpName = "DIR" };
        var tensorBoard = new Option<string?>("--tensorboard-dir") { Description = "Where TensorBoard events go. Default: SAVE_DIR/tensorboard.", HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "Go on with a run from its last checkpoint, with its own settings.", HelpName = "DIR" };
        var command = new Command(
            Name,
            "Trains the two projection heads on features of frozen encoders. Every figure stands beside what knowing nothing would give; a run that learns nothing "
            + "is stopped with a diagnosis. Example: facevoice train --features DIR --save-dir RUN --batch-size 512")
        {
            save, tensorBoard, resume,
        };
        var source = new TrainingDataOptions(command);
        var settings = new TrainSettings(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var (options, data, run, isNew) = Prepare(parsed.GetValue(resume), parsed.GetValue(save), () => settings.Read(parsed), () => source.Read(parsed));
            var (set, rejected, seconds) = await data.LoadAsync(FeatureCache(run), cancellationToken);
            var split = Divide(run, set, options, isNew);
            var report = DataReport.Create(set, split, rejected, seconds);
            AtomicFile.WriteJson(Path.Combine(run.Root, "data.json"), report.ToJson());
            Console.Error.WriteLine(report.ToText());
            if (isNew)
            {
                AtomicFile.WriteJson(run.ConfigFile, new JsonObject { ["data"] = data.ToJson(), ["options"] = options.ToJson() });
                AtomicFile.WriteJson(run.EnvironmentFile, RunEnvironment.Describe(("libtorch", LibTorch.Version)));
            }

            var heard = options.TrainSpeakerEncoder.Length > 0 ? await LoadSpectraAsync(options, data, run, cancellationToken) : set;
            using var trainer = new DualTrainer(options, heard, split, run, new TrainReporter(Console.Error, !Console.IsErrorRedirected), parsed.GetValue(tensorBoard));
            var result = trainer.Train(resume: !isNew, cancellationToken);
            return await ConcludeAsync(result, run, set, split, data, options, cancellationToken);
        });
    }

    private static (DualTrainingOptions Options, TrainingData Data, RunFolder Run, bool IsNew) Prepare(
        string? resume, string? save, Func<DualTrainingOptions> options, Func<TrainingData> data)
    {
        if (resume is not null)
        {
            var run = RunFolder.Open(resume);
            var (earlier, source) = ReadConfig(run);
            earlier.Validate();
            TrainingDevice.Require(earlier.Device);
            return (earlier, source, run, false);
        }

        if (save is null)
        {
            throw new UsageException("--save-dir DIR says where the run goes (or --resume DIR, to go on with one).");
        }

        var settings = options();
        TrainingDevice.Require(settings.Device);
        return (settings, data(), RunFolder.Create(save), true);
    }

    private static (DualTrainingOptions Options, TrainingData Data) ReadConfig(RunFolder run)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(run.ConfigFile)) is JsonObject config
                && config["options"] is { } options && config["data"] is { } data
                ? (DualTrainingOptions.FromJson(options), TrainingData.FromJson(data))
                : throw new InvalidDataException("It has no \"options\" and \"data\".");
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException or FileNotFoundException)
        {
            throw new InvalidDataException(
                $"{run.ConfigFile} cannot be gone on with: {error.Message} Start anew in another folder (--save-dir), "
                + "or go on with the version that the run was started with.",
                error);
        }
    }

    private static IdentitySplit Divide(RunFolder run, FeatureSet set, DualTrainingOptions options, bool isNew)
    {
        if (!isNew)
        {
            return IdentitySplit.Load(run.SplitFile);
        }

        var split = IdentitySplit.Create(set.Identities, options.ValidationSize, options.TestSize, options.Seed);
        split.Save(run.SplitFile);
        return split;
    }

    /// <summary>
    /// The recordings as the speaker encoder's input, after a look whether the weights to begin with are those of the encoder at hand.
    /// </summary>
    private static async Task<FeatureSet> LoadSpectraAsync(DualTrainingOptions options, TrainingData data, RunFolder run, CancellationToken cancellationToken)
    {
        var (spectra, _, _) = await data.LoadAsync(FeatureCache(run), cancellationToken, spectra: true);
        TunedSpeaker.RequireSame(options.TrainSpeakerEncoder, ModelBundle.Open(data.EncodersFolder));
        return spectra;
    }

    private static string FeatureCache(RunFolder run) => Path.Combine(run.Root, "features");

    private static async Task<int> ConcludeAsync(
        TrainingResult result, RunFolder run, FeatureSet set, IdentitySplit split, TrainingData data, DualTrainingOptions options, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine(result.Message);
        if (result.Outcome == TrainingOutcome.Cancelled)
        {
            return ExitCode.Cancelled;
        }

        if (result.Outcome is TrainingOutcome.NonFinite or TrainingOutcome.StuckAtChance)
        {
            return ExitCode.Failed;
        }

        var checkpoint = HeadCheckpoint.Open(run.Checkpoints);
        var speaker = data.Features is null ? ModelBundle.Open(data.EncodersFolder) : data.Encoders is { } encoders ? ModelBundle.Open(encoders) : null;
        if (checkpoint.Speaker is not null)
        {
            // From here on all is as if this had been the encoder from the start: its features are computed as a server would.
            speaker = TunedSpeaker.Write(checkpoint, speaker!, Path.Combine(run.Root, "speaker"));
            (set, _, _) = await (data with { Encoders = speaker.Directory }).LoadAsync(FeatureCache(run), cancellationToken);
        }

        var evaluation = Evaluate(checkpoint, run, set, split, data);
        var bundle = HeadBundle.Write(checkpoint, Path.Combine(run.Root, "model"), new()
        {
            Name = Path.GetFileName(run.Root.TrimEnd(Path.DirectorySeparatorChar)),
            Data = data.Words,
            Identities = split.Select(set, SplitPart.Train).CountIdentities(),
            Samples = split.Select(set, SplitPart.Train).Samples.Length,
            Command = string.Create(CultureInfo.InvariantCulture, $"`facevoice train`, batches of {options.BatchSize}, learning rate {options.LearningRate:G3}, seed {options.Seed}"),
            SpeakerBundle = speaker,
            FaceNetwork = data.FaceNetwork is { } network && speaker is not null ? TrainingFaceNetwork.Resolve(network, speaker) : null,
            Evaluation = evaluation,
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"model {bundle.ModelId[..16]} in {bundle.Directory}; {(evaluation is null ? "no test people" : $"test AUC {evaluation.Uncontrolled.Verification.Auc} against anybody{(evaluation.GenderControlled is { } g ? $", {g.Verification.Auc} against the same gender" : "")}")}"));
        return ExitCode.Done;
    }

    /// <summary>The exported heads on the test people, kept in the run as JSON and HTML; null without test people.</summary>
    private static EvaluationReport? Evaluate(HeadCheckpoint checkpoint, RunFolder run, FeatureSet set, IdentitySplit split, TrainingData data)
    {
        if (split.Select(set, SplitPart.Test).CountIdentities() < 2)
        {
            return null;
        }

        var (face, voice) = HeadBundle.Export(checkpoint);
        var joint = JointProjector.Project(set, face.Onnx.ToArray(), voice.Onnx.ToArray());
        var test = split.Select(joint, SplitPart.Test);
        var report = new Evaluator(new() { Positives = checkpoint.Options.Positives })
            .Evaluate("in training", data.Words, test, split.Select(joint, SplitPart.Validation))
            .WithAcquaintances(test, split);
        AtomicFile.WriteJson(Path.Combine(run.Root, "evaluation.json"), report.ToJson());
        HtmlReport.Write(report, Path.Combine(run.Root, "report.html"));
        return report;
    }
}
