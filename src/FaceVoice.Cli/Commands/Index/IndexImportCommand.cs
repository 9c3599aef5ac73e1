using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index import</c>: points that <c>export</c> wrote.</summary>
internal static class IndexImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A file that 'index export' wrote." };
        var resume = new Option<bool>("--resume") { Description = "Go on where an import of this file was cut short." };
        var command = new Command("import", "Reads points with their vectors from a file into an index, which is made where it is missing.") { file, resume };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            await using var store = await place.OpenAsync(parsed, await PointFile.ReadSchemaAsync(path, cancellationToken), cancellationToken);
            var count = await PointFile.ImportAsync(store, path, parsed.GetValue(resume), TransferProgress.Create(), cancellationToken);
            PointPrinter.PrintJson(json => json.WriteNumber("imported", count));
            return ExitCode.Done;
        });
    }
}
