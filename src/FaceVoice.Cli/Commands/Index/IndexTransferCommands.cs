using System.CommandLine;
using System.Globalization;
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
            var report = await PointFile.ImportAsync(store, path, parsed.GetValue(resume), TransferProgress.Create(), cancellationToken);
            if (report.Duplicates > 0)
            {
                Console.Error.WriteLine($"{path}: {report.Duplicates} of its {report.Points} points have the id of an earlier one, and replaced it.");
            }

            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("imported", report.Points);
                json.WriteNumber("duplicates", report.Duplicates);
            });
            return ExitCode.Done;
        });
    }
}

/// <summary>Shows on a terminal how many points have moved.</summary>
internal sealed class TransferProgress : IProgress<long>
{
    private TransferProgress()
    {
    }

    /// <summary>The progress line; null where stderr is no terminal.</summary>
    public static TransferProgress? Create() => Console.IsErrorRedirected ? null : new TransferProgress();

    public void Report(long value) => Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{value:N0} points "));
}
