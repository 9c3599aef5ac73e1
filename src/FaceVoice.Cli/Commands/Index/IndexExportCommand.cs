using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index export</c>: points and vectors as JSON lines.</summary>
internal static class IndexExportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write: JSON lines, vectors as base64 of little-endian float32." };
        var resume = new Option<bool>("--resume") { Description = "Go on where an export to this file was cut short." };
        var command = new Command("export", "Writes points with their vectors to a file, which any index of the same model can import. Biometric data: guard it.") { file, resume };
        var place = new IndexPlace(command);
        var filter = new PointFilterOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            await using var store = await place.OpenAsync(parsed, null, cancellationToken);
            var count = await PointFile.ExportAsync(store, parsed.GetValue(file)!, filter.Read(parsed), parsed.GetValue(resume), TransferProgress.Create(), cancellationToken);
            PointPrinter.PrintJson(json => json.WriteNumber("exported", count));
            return ExitCode.Done;
        });
    }
}
