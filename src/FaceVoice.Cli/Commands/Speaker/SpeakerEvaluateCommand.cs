using System.CommandLine;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Inference.Voices;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;
using FaceVoice.Training.Speaker.Evaluation;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary><c>facevoice speaker evaluate</c>: how well an encoder tells speakers apart, by clip length and by enrolment clips.</summary>
internal static class SpeakerEvaluateCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Required = true, Description = "A model by name, a model bundle or run with speaker.onnx in it, or the ONNX file itself.", HelpName = "NAME|DIR|FILE" };
        var data = new Option<string>("--data") { Required = true, Description = "Speakers whom the encoder was not trained on: a folder per speaker, or a CSV file with path and speaker.", HelpName = "FOLDER|CSV" };
        var cohort = new Option<string?>("--cohort") { Description = "Yet other speakers, for adaptive s-norm; for example the training data.", HelpName = "FOLDER|CSV" };
        var cache = new Option<string?>("--cache") { Description = "Where decoded audio is kept. Default: a temporary folder.", HelpName = "DIR" };
        var replicates = new Option<int>("--replicates") { Description = "Redraws of the bootstrap over speakers.", DefaultValueFactory = _ => new SpeakerEvaluationOptions().Replicates };
        var jobs = new Option<int>("--jobs") { Description = "Files decoded and clips encoded at a time.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var json = new Option<bool>("--json") { Description = "Write one JSON object instead of tables." };
        var command = new Command("evaluate", "Tries a speaker encoder on all pairs of clips: EER, minDCF (prior 0.01) and AUC with 95 % intervals over speakers, by clip length and by number of enrolment clips.")
        {
            model, data, cohort, cache, replicates, jobs, json,
        };
        return command.Runs(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(replicates) < 2 || parsed.GetValue(jobs) < 1)
            {
                throw new UsageException("--replicates is 2 or more, --jobs 1 or more.");
            }

            using var encoder = new SpeakerEncoder(FindEncoder(ModelDirectory.Locate(parsed.GetValue(model))!));
            var temporary = parsed.GetValue(cache) is null ? Directory.CreateTempSubdirectory("facevoice-audio-") : null;
            try
            {
                var folder = parsed.GetValue(cache) ?? temporary!.FullName;
                var reporter = new SpeakerTrainReporter(Console.Error, !Console.IsErrorRedirected);
                var (dataset, audio) = await OpenAsync(parsed.GetValue(data)!, folder, parsed.GetValue(jobs), reporter, cancellationToken);
                using var ownedAudio = audio;
                var others = parsed.GetValue(cohort) is { } path ? await OpenAsync(path, folder, parsed.GetValue(jobs), reporter, cancellationToken) : ((SpeakerDataset, AudioCache)?)null;
                using var ownedCohort = others?.Item2;
                var options = new SpeakerEvaluationOptions { Replicates = parsed.GetValue(replicates), Jobs = parsed.GetValue(jobs) };
                var report = new SpeakerEvaluator(encoder, options).Evaluate(dataset, audio, others, new Progress(), cancellationToken);
                Console.WriteLine(parsed.GetValue(json) ? report.ToJson() : SpeakerEvaluationTable.Format(report));
                return ExitCode.Done;
            }
            finally
            {
                temporary?.Delete(recursive: true);
            }
        });
    }

    private static string FindEncoder(string model)
    {
        const string encoder = "speaker.onnx";
        var folder = Directory.Exists(model) && File.Exists(Path.Combine(model, encoder)) ? model : ModelDirectory.Find(model);
        return folder is not null ? Path.Combine(folder, encoder)
            : File.Exists(model) ? model
            : throw new UsageException(
                $"there is no speaker encoder '{model}': a file, a folder with {encoder}, or one of the models "
                + $"{string.Join(", ", ModelDirectory.All().Select(known => known.Name))} is needed.");
    }

    private static async Task<(SpeakerDataset Data, AudioCache Audio)> OpenAsync(
        string path, string folder, int jobs, SpeakerTrainReporter progress, CancellationToken cancellationToken)
    {
        var dataset = SpeakerDataset.Open(path);
        progress.Name(dataset);
        return (dataset, await SpeakerTrainingRun.DecodeAsync(dataset, folder, jobs, progress, cancellationToken));
    }

    private sealed class Progress : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine($"done: {value}");
    }
}
