using System.CommandLine;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index remove</c>: points by id, or all that pass a filter.</summary>
internal static class IndexRemoveCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Arity = ArgumentArity.ZeroOrMore, Description = "The points to remove." };
        var command = new Command("remove", "Removes points by id, or all that pass the filter. 'index compact' then takes their bytes off the disk.") { ids };
        var place = new IndexPlace(command, offersServer: true);
        var filter = new PointFilterOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var (named, condition) = (parsed.GetValue(ids)!, filter.Read(parsed));
            if ((named.Length > 0) == (condition is not null))
            {
                throw new UsageException("either ids or a filter is needed, so that nothing is removed by mistake.");
            }

            await using var store = await place.OpenAsync(parsed, null, cancellationToken);
            var removed = condition is null ? await store.DeleteAsync(named, cancellationToken) : await store.DeleteAsync(condition, cancellationToken);
            PointPrinter.PrintJson(json => json.WriteNumber("removed", removed));
            return ExitCode.Done;
        });
    }
}
