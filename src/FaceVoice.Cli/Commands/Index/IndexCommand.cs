using System.CommandLine;

namespace FaceVoice.Cli.Commands.Index;

/// <summary><c>facevoice index</c>: enrolled faces and voices, in a folder or on a Qdrant server.</summary>
internal static class IndexCommand
{
    public static Command Create()
    {
        var command = new Command(
            "index",
            "Keeps enrolled faces and voices and finds the nearest ones. An index is a folder (--index DIR), or a collection of a Qdrant server "
            + "(--index http://HOST:6334/COLLECTION, its gRPC port). Keys come from files, or from FACEVOICE_INDEX_KEY and FACEVOICE_TEMPLATE_KEY; Qdrant's API key from QDRANT_API_KEY or FACEVOICE_QDRANT_KEY.");
        command.Subcommands.Add(IndexAddCommand.Create());
        command.Subcommands.Add(IndexSearchCommand.Create());
        command.Subcommands.Add(IndexListCommand.Create());
        command.Subcommands.Add(IndexRemoveCommand.Create());
        command.Subcommands.Add(IndexStatsCommand.Create());
        command.Subcommands.Add(IndexCompactCommand.Create());
        command.Subcommands.Add(IndexRepairCommand.Create());
        command.Subcommands.Add(IndexRekeyCommand.Create());
        command.Subcommands.Add(IndexExportCommand.Create());
        command.Subcommands.Add(IndexImportCommand.Create());
        command.Subcommands.Add(IndexMigrateCommand.Create());
        return command;
    }
}
