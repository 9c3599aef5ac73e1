using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

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

/// <summary><c>facevoice index rekey</c>: writes an index anew under other keys; no media are needed.</summary>
internal static class IndexRekeyCommand
{
    public static Command Create()
    {
        var key = new Option<string?>("--new-key-file") { Description = "File with the base64 key to encrypt under from now on.", HelpName = "FILE" };
        var template = new Option<string?>("--new-template-key-file") { Description = "File with the base64 key to rotate vectors with from now on.", HelpName = "FILE" };
        var plain = new Option<bool>("--no-encryption") { Description = "Store the files in plain form from now on." };
        var unrotated = new Option<bool>("--no-template-key") { Description = "Store vectors as they are from now on." };
        var command = new Command("rekey", "Writes the index anew under other keys. A key that is not mentioned stays. Make one with 'openssl rand -base64 32 > FILE'.") { key, template, plain, unrotated };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            if ((parsed.GetValue(key) is not null && parsed.GetValue(plain)) || (parsed.GetValue(template) is not null && parsed.GetValue(unrotated)))
            {
                throw new UsageException("a new key and none at all exclude each other.");
            }

            var old = place.EmbeddedOptions(parsed);
            var encryption = parsed.GetValue(plain) ? null : IndexPlace.ReadKey(parsed.GetValue(key)) ?? old.EncryptionKey;
            var rotation = parsed.GetValue(unrotated) ? null : IndexPlace.ReadKey(parsed.GetValue(template)) ?? old.TemplateKey;
            await using var store = await place.OpenEmbeddedAsync(parsed, cancellationToken);
            await store.RekeyAsync(encryption, rotation, cancellationToken);
            return ExitCode.Done;
        });
    }
}
