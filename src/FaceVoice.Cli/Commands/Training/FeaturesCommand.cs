using System.CommandLine;
using System.Globalization;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Features;

namespace FaceVoice.Cli.Commands.Training;

/// <summary><c>facevoice features</c>: the features of media as a folder of arrays, for trainings and tools that read no media.</summary>
internal static class FeaturesCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Required = true, Description = "Where to write faces.npy, voices.npy and samples.jsonl.", HelpName = "DIR" };
        var command = new Command(
            "features",
            "Computes what 'facevoice train' learns on, by the encoders that serve, and writes it as NumPy arrays with a list of samples: "
            + "train and evaluate read the folder with --features. Example: facevoice features --data DIR --face-network faceres --out FEATURES")
        {
            output,
        };
        var source = new TrainingDataOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var data = source.Read(parsed);
            if (data.Features is not null)
            {
                throw new UsageException("--features names features that are there already: give --data DIR, or --image-folder DIR with --audio-folder DIR.");
            }

            var folder = parsed.GetRequiredValue(output);
            var (set, rejected, seconds) = await data.LoadAsync(Path.Combine(Path.GetTempPath(), "facevoice-features"), cancellationToken);
            foreach (var sample in rejected)
            {
                Console.Error.WriteLine($"left out {sample.Id}: {sample.Reason}");
            }

            FeatureFolder.Save(set, folder);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{set.Samples.Length} samples of {set.CountIdentities()} people, {set.Faces.Rows} faces of {set.Faces.Dimension} values, {set.Voices.Rows} voices of {set.Voices.Dimension}, {seconds:0} s of speech; {rejected.Count} samples left out; in {folder}"));
            return ExitCode.Done;
        });
    }
}
