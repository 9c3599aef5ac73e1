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
        var file = new Argument<string>("FILE") { Description = "The file to write: JSON lines, vectors as base64 of little-endian float32; - writes standard output." };
        var resume = new Option<bool>("--resume") { Description = "Go on where an export to this file was cut short." };
        var command = new Command("export", "Writes points with their vectors to a file, which any index of the same model can import. Biometric data: guard it.") { file, resume };
        var place = new IndexPlace(command);
        var filter = new PointFilterOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            await using var store = await place.OpenAsync(parsed, null, cancellationToken);
            var path = parsed.GetValue(file)!;
            if (path == MediaFile.Standard)
            {
                using var folder = new StandardStreamFile(parsed.GetValue(resume));
                var written = await PointFile.ExportAsync(store, folder.Path, filter.Read(parsed), cancellationToken: cancellationToken);
                await folder.WriteToOutputAsync(cancellationToken);
                await Console.Error.WriteLineAsync($"facevoice index export: {written} points exported");
                return ExitCode.Done;
            }

            var count = await PointFile.ExportAsync(store, path, filter.Read(parsed), parsed.GetValue(resume), TransferProgress.Create(), cancellationToken);
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
        var file = new Argument<string>("FILE") { Description = "A file that 'index export' wrote; - reads standard input." };
        var resume = new Option<bool>("--resume") { Description = "Go on where an import of this file was cut short." };
        var command = new Command("import", "Reads points with their vectors from a file into an index, which is made where it is missing.") { file, resume };
        var place = new IndexPlace(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            using var standard = path == MediaFile.Standard ? new StandardStreamFile(parsed.GetValue(resume)) : null;
            if (standard is not null)
            {
                path = await standard.ReadFromInputAsync(cancellationToken);
            }

            var report = await ImportAsync();
            if (report.Duplicates > 0)
            {
                Console.Error.WriteLine(
                    $"facevoice index import: {(standard is null ? path : "standard input")}: {report.Duplicates} of its {report.Points} points "
                    + "have the id of an earlier one, and replaced it: "
                    + $"{string.Join(", ", report.DuplicateIds)}{(report.Duplicates > report.DuplicateIds.Count ? ", …" : "")}");
            }

            PointPrinter.PrintJson(json =>
            {
                json.WriteNumber("imported", report.Points);
                json.WriteNumber("duplicates", report.Duplicates);
            });
            return ExitCode.Done;

            async Task<ImportReport> ImportAsync()
            {
                try
                {
                    var schema = await PointFile.ReadSchemaAsync(path, cancellationToken);
                    await using var store = await place.OpenAsync(parsed, schema, cancellationToken);
                    return await PointFile.ImportAsync(store, path, parsed.GetValue(resume), TransferProgress.Create(), cancellationToken);
                }
                catch (InvalidDataException error) when (standard is not null)
                {
                    throw new InvalidDataException(error.Message.Replace(path, "standard input", StringComparison.Ordinal), error);
                }
            }
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

/// <summary>
/// Points on their way from standard input or to standard output: whether a file is whole its last line tells, so it is kept until then, in
/// a folder that
/// only this user can read and that goes with this object.
/// </summary>
internal sealed class StandardStreamFile : IDisposable
{
    private readonly DirectoryInfo _folder;

    /// <exception cref="UsageException">A stream cannot be resumed.</exception>
    public StandardStreamFile(bool resume) => _folder = resume
        ? throw new UsageException("--resume needs a file: a stream begins at its beginning.")
        : Directory.CreateTempSubdirectory("facevoice-points-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "points.jsonl");

    public async Task<string> ReadFromInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        await using var file = File.Create(Path);
        await input.CopyToAsync(file, cancellationToken);
        return Path;
    }

    public async Task WriteToOutputAsync(CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        await using var file = File.OpenRead(Path);
        await file.CopyToAsync(output, cancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
