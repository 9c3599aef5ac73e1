using System.CommandLine;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index compact</c>: takes removed points off the disk.</summary>
internal static class IndexCompactCommand
{
    public static Command Create()
    {
        var prove = new Option<bool>("--prove") { Description = "Search every byte of the folder for the removed points, before and after; exit code 1 if anything is left." };
        var command = new Command("compact", "Writes the live points anew and removes all other files: what was removed or replaced is then in no file of the index.") { prove };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            await using var store = await place.OpenEmbeddedAsync(parsed, cancellationToken);
            if (!parsed.GetValue(prove))
            {
                await store.CompactAsync(cancellationToken);
                return ExitCode.Done;
            }

            var report = await store.CompactAndProveAsync(cancellationToken);
            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("removed_points", report.RemovedPoints);
                json.WriteNumber("traces_before", report.TracesBefore);
                json.WriteNumber("traces_after", report.TracesAfter);
                json.WriteNumber("files", report.Files);
                json.WriteNumber("bytes", report.Bytes);
            });
            return report.TracesAfter == 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }
}
