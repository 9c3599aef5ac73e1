using System.CommandLine;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Media;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index migrate</c>: embeds everything again with another model, from the files it came from.</summary>
internal static class IndexMigrateCommand
{
    public static Command Create()
    {
        var model = ModelOptions.Model();
        var command = new Command(
            "migrate",
            "Embeds every point again with another model, from the file that its field 'source' names, into the index --to. Points without that file are reported and "
            + "passed over; then the exit code is 1. What is already in --to is passed over, so a run that was cut short can be repeated.") { model };
        var place = new IndexPlace(command);
        var target = new IndexPlace(command, "--to");
        return command.Runs(async (parsed, cancellationToken) =>
        {
            using var enroller = new MediaEnroller(parsed.GetValue(model));
            await using var from = await place.OpenAsync(parsed, null, cancellationToken);
            await using var to = await target.OpenAsync(parsed, enroller.Schema, cancellationToken);
            var (moved, left, cursor) = (0, 0, (string?)null);
            do
            {
                var page = await from.ScrollAsync(new ScrollRequest { Cursor = cursor, Limit = 64 }, cancellationToken);
                var there = (await to.GetAsync([.. page.Points.Select(p => p.Id)], cancellationToken)).Select(p => p.Id).ToHashSet();
                var points = new List<IndexPoint>();
                foreach (var point in page.Points.Where(p => !there.Contains(p.Id)))
                {
                    var again = await EmbedAsync(enroller, point, cancellationToken);
                    left += again is null ? 1 : 0;
                    points.AddRange(again is null ? [] : [again]);
                }

                await to.UpsertAsync(points, cancellationToken);
                moved += points.Count;
                cursor = page.NextCursor;
            }
            while (cursor is not null);
            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("migrated", moved);
                json.WriteNumber("left", left);
            });
            return left == 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static async Task<IndexPoint?> EmbedAsync(MediaEnroller enroller, IndexPoint point, CancellationToken cancellationToken)
    {
        if (!point.Payload.TryGetValue(MediaEnroller.SourceField, out var source) || source.Keywords is not [var path, ..] || !File.Exists(path))
        {
            Console.Error.WriteLine($"{point.Id}: its file is not there.");
            return null;
        }

        if (!enroller.Takes(point.Modality))
        {
            Console.Error.WriteLine($"{point.Id}: the new model makes no vectors of a {point.Modality.ToString().ToLowerInvariant()} that an index can hold.");
            return null;
        }

        try
        {
            var vectors = (await enroller.EmbedAgainAsync(path, point, cancellationToken)).Vectors;
            return new IndexPoint { Id = point.Id, Identity = point.Identity, Modality = point.Modality, Payload = point.Payload, Vectors = vectors };
        }
        catch (Exception error) when (error is UnusableMediaException or InvalidMediaException)
        {
            Console.Error.WriteLine($"{point.Id}: {error.Message}");
            return null;
        }
    }
}
