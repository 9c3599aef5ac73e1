using System.CommandLine;
using System.Text.Json.Nodes;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Inference;
using FaceVoice.Models;
using FaceVoice.Models.Graph;
using Spectre.Console;

namespace FaceVoice.Cli.Commands.Models;

/// <summary><c>facevoice models list|show|verify|import|pull</c>: the model bundles of this machine.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "Lists, shows, verifies, imports and pulls model bundles.")
    {
        CreateList(), CreateShow(), CreateVerify(), ModelsImportCommand.Create(), ModelsPullCommand.Create(),
    };

    private static Command CreateList()
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON object a line." };
        return new Command("list", "Lists the bundles that can be taken by name.") { json }.Runs((parsed, _) =>
        {
            var models = ModelDirectory.All().Select(model => Summarize(model.Name, model.Folder)).ToList();
            if (parsed.GetValue(json))
            {
                models.ForEach(model => Console.WriteLine(CliJson.Line(model)));
            }
            else
            {
                WriteTable(models);
            }

            return Task.FromResult(ExitCode.Done);
        });
    }

    private static Command CreateShow()
    {
        var name = NameArgument();
        return new Command("show", "Writes a bundle's manifest, as JSON, and what its networks hold that is cleaned when they are loaded.") { name }.Runs((parsed, _) =>
        {
            var folder = ModelDirectory.Resolve(parsed.GetValue(name));
            var shown = JsonNode.Parse(ModelBundle.Open(folder).Manifest.ToJson())!.AsObject();
            var networks = Directory.GetFiles(folder, "*.onnx").Order(StringComparer.Ordinal);
            shown["networks"] = CliJson.Node(networks.ToDictionary(path => Path.GetFileName(path), GraphCleaner.Inspect));
            Console.WriteLine(CliJson.Pretty(shown));
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static Command CreateVerify()
    {
        var name = NameArgument();
        return new Command("verify", "Checks every file of a bundle against its hash, loads every network and runs it once.") { name }.Runs((parsed, cancellationToken) =>
        {
            var folder = ModelDirectory.Resolve(parsed.GetValue(name));
            var bundle = ModelBundle.Open(folder);
            using var engine = FaceVoiceEngine.Open(bundle);
            engine.WarmUp(cancellationToken);
            Console.WriteLine($"{bundle.Manifest.Name}: {bundle.Manifest.Files.Count} files as their hashes say, every network ran. {bundle.ModelId}");
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static Argument<string?> NameArgument() => new("MODEL")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = $"A folder, a name below models/, or OWNER/NAME[@REVISION] that was pulled. Default: {ModelDirectory.DefaultName}.",
    };

    private static ModelSummary Summarize(string name, string folder)
    {
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, ModelBundle.ManifestFile)), folder);
        var dimensions = manifest.Dimensions;
        return new ModelSummary(
            name, folder, manifest.ModelId, dimensions.Joint, dimensions.Face, dimensions.Speaker, manifest.Encoders.Speaker?.Architecture);
    }

    private static void WriteTable(IReadOnlyList<ModelSummary> models)
    {
        if (models.Count == 0)
        {
            Console.Error.WriteLine("facevoice models: no bundle found; 'facevoice train' and 'facevoice speaker export' make them.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("name", "joint", "face", "speaker", "architecture", "model id");
        foreach (var model in models)
        {
            table.AddRow(model.Name.EscapeMarkup(), Text(model.Joint), Text(model.Face), Text(model.Speaker), (model.Architecture ?? "-").EscapeMarkup(), model.ModelId[..Math.Min(16, model.ModelId.Length)]);
        }

        AnsiConsole.Write(table);
    }

    private static string Text(int? dimension) => dimension?.ToString() ?? "-";

    private sealed record ModelSummary(string Name, string Folder, string ModelId, int? Joint, int? Face, int? Speaker, string? Architecture);
}
