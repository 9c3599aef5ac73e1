using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary><c>facevoice speaker export</c>: the best weights of a training run to a bundle.</summary>
internal static class SpeakerExportCommand
{
    private const string WeightsName = "speaker.safetensors";

    private const string Description = """
        Turns the best weights of a training run into a model folder whose ONNX takes a waveform and gives the embedding.

        RUN is the folder that 'facevoice speaker train --out' wrote (its speaker.safetensors is taken), or a weight file. The architecture is told
        by the tensors' names. The features are part of the ONNX file: what the network was trained on is what a server computes.

        Examples:
          facevoice speaker export runs/speaker --out models/speaker --data-note "LibriSpeech train-clean-100" --licence CC-BY-4.0
          facevoice speaker evaluate --model models/speaker --data speech/test
        """;

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run's folder, or a weight file." };
        var output = new Option<DirectoryInfo>("--out") { Description = "The model folder to make; it must not exist, or be empty.", Required = true };
        var name = new Option<string?>("--name") { Description = "The model's name; the folder's where it is left out." };
        var data = new Option<string?>("--data-note") { Description = "What it was trained on, for the manifest and the model card." };
        var licence = new Option<string?>("--licence") { Description = "The licence of the weights, as an SPDX identifier." };
        var json = SpeakerBundleReport.JsonOption();

        var command = new Command("export", Description) { run, output, name, data, licence, json };
        return command.Runs((parsed, cancellationToken) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bundle = Export(parsed.GetRequiredValue(run), new SpeakerBundleRequest
            {
                Directory = parsed.GetRequiredValue(output).FullName,
                Name = parsed.GetValue(name),
                Training = new TrainingSummary { Data = parsed.GetValue(data), Command = "facevoice speaker train" },
                Licences = parsed.GetValue(licence) is { } text ? [new LicenceNotice { Subject = "speaker encoder weights", Licence = text }] : [],
            });
            SpeakerBundleReport.Write(bundle, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static ModelBundle Export(string run, SpeakerBundleRequest request)
    {
        var file = Directory.Exists(run) ? Path.Combine(run, WeightsName) : run;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{file} is missing: has the run finished an evaluation?", file);
        }

        var weights = WeightsFile.Read(file);
        var architecture = SpeakerExporter.DetectArchitecture(weights)
            ?? throw new ModelFormatException($"{file}: the names of its tensors are those of no speaker encoder ({string.Join(", ", SpeakerExporter.Architectures)}).");
        return SpeakerBundleWriter.Write(SpeakerExporter.Export(architecture, weights), request);
    }
}
