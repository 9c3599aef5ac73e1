using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary><c>facevoice speaker import</c>: weights from elsewhere to a bundle that runs here.</summary>
internal static class SpeakerImportCommand
{
    private const string Description = """
        Turns the weights of a speaker encoder into a model folder whose ONNX takes a waveform and gives the embedding.

        FILE is SpeechBrain's embedding_model.ckpt (a PyTorch zip checkpoint) or a .safetensors with the same names. Checkpoints are read by a
        restricted reader: tensors and plain containers only; anything else is refused by its name, and nothing in the file is ever executed.
        Kernels and dilations are the published ones (spkrec-xvect-voxceleb, spkrec-ecapa-voxceleb); widths, mel bands and the embedding's length
        are read from the weights. A file that does not fit is refused with the names of the tensors that are missing, surplus or misshapen.

        Examples:
          facevoice speaker import embedding_model.ckpt --arch ecapa --out models/ecapa --licence Apache-2.0
          facevoice embed voice talk.wav --space speaker --model models/ecapa
        """;

    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The weights: .ckpt or .safetensors." };
        var architecture = new Option<string>("--arch") { Description = "The network that the weights belong to.", Required = true };
        architecture.AcceptOnlyFromAmong([.. SpeakerExporter.Architectures]);
        var output = new Option<DirectoryInfo>("--out") { Description = "The model folder to make; it must not exist, or be empty.", Required = true };
        var name = new Option<string?>("--name") { Description = "The model's name; the folder's where it is left out." };
        var licence = new Option<string?>("--licence") { Description = "The licence of the weights, as an SPDX identifier, for the manifest and the model card." };
        var json = SpeakerBundleReport.JsonOption();

        var command = new Command("import", Description) { file, architecture, output, name, licence, json };
        return command.Runs((parsed, cancellationToken) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bundle = SpeakerImporter.Import(
                parsed.GetRequiredValue(file).FullName,
                parsed.GetRequiredValue(architecture),
                parsed.GetRequiredValue(output).FullName,
                parsed.GetValue(name),
                parsed.GetValue(licence));
            SpeakerBundleReport.Write(bundle, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
    }
}
