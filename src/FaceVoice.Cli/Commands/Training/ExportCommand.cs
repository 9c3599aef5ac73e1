using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models;
using FaceVoice.Training.Export;
using FaceVoice.Training.Runs;

namespace FaceVoice.Cli.Commands.Training;

/// <summary><c>facevoice export</c>: the model of a training run to where it is used.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run's folder, as 'facevoice train --save-dir' made it." };
        var output = new Option<string>("--out") { Required = true, Description = "The model folder: new, or one with an earlier model of the same speaker encoder.", HelpName = "DIR" };
        var name = new Option<string?>("--name") { Description = "The model's name. Default: the folder's." };
        var licence = new Option<string[]>("--licence") { Description = "SUBJECT=LICENCE of something that the heads rest on; may be given several times.", HelpName = "TEXT" };
        var command = new Command(
            "export",
            "Puts the best heads of a training run, with the speaker encoder they were trained on, into a model folder: ONNX, weights, calibration, model card. "
            + "A model card that is there keeps its other parts. Example: facevoice export runs/first --out models/first")
        {
            run, output, name, licence,
        };
        return command.Runs((parsed, _) =>
        {
            var folder = RunFolder.Open(parsed.GetRequiredValue(run));
            var model = Path.Combine(folder.Root, "model");
            if (!Directory.Exists(model))
            {
                throw new DirectoryNotFoundException($"{folder.Root} has no model yet: the run has not come to its end. Go on with: facevoice train --resume {folder.Root}");
            }

            var target = Path.GetFullPath(parsed.GetRequiredValue(output)).TrimEnd(Path.DirectorySeparatorChar);
            var bundle = HeadBundle.Publish(ModelBundle.Open(model), target, parsed.GetValue(name) ?? Path.GetFileName(target), [.. (parsed.GetValue(licence) ?? []).Select(Licence)]);
            Console.WriteLine($"model {bundle.ModelId[..16]} in {bundle.Directory}");
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static LicenceNotice Licence(string text) => text.Split('=', 2) is [{ Length: > 0 } subject, { Length: > 0 } licence]
        ? new() { Subject = subject.Trim(), Licence = licence.Trim() }
        : throw new UsageException($"--licence is SUBJECT=LICENCE, not '{text}'.");
}
