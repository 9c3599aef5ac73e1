using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index list</c>: the points, without their vectors.</summary>
internal static class IndexListCommand
{
    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "The most points to show; 0 for all.", DefaultValueFactory = _ => 100 };
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of a table." };
        var command = new Command("list", "Shows enrolled points, without their vectors.") { limit, json };
        var place = new IndexPlace(command, offersServer: true);
        var filter = new PointFilterOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            await using var store = await place.OpenAsync(parsed, null, cancellationToken);
            var left = parsed.GetValue(limit) is var most and > 0 ? most : int.MaxValue;
            string? cursor = null;
            do
            {
                var page = await store.ScrollAsync(new ScrollRequest { Filter = filter.Read(parsed), Cursor = cursor, Limit = Math.Min(left, 500) }, cancellationToken);
                PointPrinter.Print(page.Points, parsed.GetValue(json));
                left -= page.Points.Count;
                cursor = page.NextCursor;
            }
            while (cursor is not null && left > 0);
            return ExitCode.Done;
        });
    }
}
