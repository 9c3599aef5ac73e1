using System.CommandLine;
using FaceVoice.Cli.Commands.Training;
using FaceVoice.Cli.Terminal;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary><c>facevoice speaker train</c>: a speaker encoder from a folder of recordings.</summary>
internal static class SpeakerTrainCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true, Description = "A folder with a folder per speaker, or a CSV file with the columns path and speaker.", HelpName = "FOLDER|CSV" };
        var output = new Option<string>("--out") { Required = true, Description = "The run's folder: settings, log, checkpoints, TensorBoard events, speaker.safetensors and speaker.onnx.", HelpName = "DIR" };
        var cache = new Option<string?>("--cache") { Description = "Where decoded audio is kept; runs may share it. Default: OUT/cache.", HelpName = "DIR" };
        var minimum = new Option<int>("--min-utterances") { Description = "Leave out speakers with fewer recordings.", DefaultValueFactory = _ => 1 };
        var maximum = new Option<int?>("--max-utterances") { Description = "Use at most so many recordings of a speaker." };
        var jobs = new Option<int>("--jobs") { Description = "Files decoded at a time.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run in --out from its last checkpoint; give the same settings." };
        var command = new Command(
            "train",
            "Trains a speaker encoder. Whole speakers are held out to choose the best weights; audio is decoded once and kept. "
            + "On the processor the same settings, data and threads give the same weights, interrupted or not (unless --max-minutes ends the run).")
        {
            data, output, cache, minimum, maximum, jobs, resume,
        };
        var settings = new SpeakerTrainSettings(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var options = settings.Read(parsed);
            TrainingDevice.Require(options.Device);
            var all = SpeakerDataset.Open(parsed.GetValue(data)!);
            var reporter = new SpeakerTrainReporter(Console.Error, !Console.IsErrorRedirected);
            reporter.Name(all);
            if (parsed.GetValue(minimum) < 1 || parsed.GetValue(maximum) < parsed.GetValue(minimum))
            {
                throw new UsageException("--min-utterances is 1 or more, and --max-utterances no less than it.");
            }

            var used = all.Filter(parsed.GetValue(minimum), parsed.GetValue(maximum));
            Console.Error.WriteLine($"{all.Speakers.Count} speakers, {all.Utterances.Count} recordings; {used.Speakers.Count} speakers, {used.Utterances.Count} recordings are used:");
            Console.Error.Write(used.Histogram());
            var folder = parsed.GetValue(output)!;
            var result = await SpeakerTrainingRun.ExecuteAsync(
                used, folder, parsed.GetValue(cache) ?? Path.Combine(folder, "cache"), parsed.GetValue(jobs), options, reporter, reporter, parsed.GetValue(resume), cancellationToken);
            var error = result.BestError is { } best ? $"EER {best:P2} on held-out speakers, clean and degraded" : "not validated";
            Console.WriteLine($"{result.Steps} steps ({result.Reason}); kept those of step {result.BestStep}: {error}");
            Console.WriteLine(result.Weights);
            Console.WriteLine(Path.ChangeExtension(result.Weights, ".onnx"));
            return ExitCode.Done;
        });
    }
}
