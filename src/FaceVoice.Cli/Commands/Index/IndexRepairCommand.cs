using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index repair</c>: saves what is whole from a damaged index.</summary>
internal static class IndexRepairCommand
{
    public static Command Create()
    {
        var allow = new Option<bool>("--allow-removed-points") { Description = "Repair even where removed points may come back, because the list of them is damaged." };
        var command = new Command("repair", "Saves what is whole from a damaged index into a new one in its place; the damaged files stay beside it. Nothing is guessed.") { allow };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var report = await EmbeddedStoreRepair.RunAsync(place.Folder(parsed), place.EmbeddedOptions(parsed), parsed.GetValue(allow), cancellationToken);
            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("points", report.Points);
                json.WriteNumber("lost_records", report.LostRecords);
                json.WriteNumber("lost_segments", report.LostSegments);
                json.WriteNumber("log_gaps", report.LogGaps);
                json.WriteString("damaged_files", report.DamagedFolder);
            });
            return ExitCode.Done;
        });
    }
}
