using System.Globalization;
using System.Text;
using FaceVoice.Index.Transfer;

namespace FaceVoice.Index;

/// <summary>
/// Moves points between stores through a file of JSON lines: a header, points with base64 float32 vectors, and after each page a mark from which an
/// export that was cut short goes on. Both directions stream.
/// </summary>
public static class PointFile
{
    private const int PagePoints = 500;

    /// <summary>Writes the points of a store to a file.</summary>
    /// <param name="store">The store.</param>
    /// <param name="path">The file; replaced, or with <paramref name="resume"/> continued after its last whole page.</param>
    /// <param name="filter">The points to take; null for all. A continued export must have the same.</param>
    /// <param name="resume">Whether to continue.</param>
    /// <param name="progress">Is told the number of points written so far.</param>
    /// <param name="cancellationToken">Cancels; the file can be continued.</param>
    /// <returns>The number of points in the file.</returns>
    /// <exception cref="InvalidDataException">The file to continue is none of this kind.</exception>
    /// <exception cref="SchemaMismatchException">The file to continue belongs to another model.</exception>
    public static async Task<long> ExportAsync(
        IVectorStore store, string path, IndexFilter? filter = null, bool resume = false, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        await using var file = new FileStream(path, resume ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        var state = file.Length > 0 ? await ExportState.ReadAsync(file, store.Schema, cancellationToken).ConfigureAwait(false) : null;
        if (state is { IsComplete: true })
        {
            return state.Points;
        }

        file.SetLength(state?.End ?? 0);
        file.Position = file.Length;
        var (points, cursor) = (state?.Points ?? 0, state?.Cursor);
        if (state is null)
        {
            await WriteLineAsync(file, PointLine.Header(store.Schema), cancellationToken).ConfigureAwait(false);
        }

        do
        {
            var page = await store.ScrollAsync(new ScrollRequest { Filter = filter, Cursor = cursor, Limit = PagePoints, WithVectors = true }, cancellationToken).ConfigureAwait(false);
            foreach (var point in page.Points)
            {
                await WriteLineAsync(file, PointLine.Of(point), cancellationToken).ConfigureAwait(false);
            }

            points += page.Points.Count;
            cursor = page.NextCursor;
            await WriteLineAsync(file, PointLine.Mark(points, cursor), cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            progress?.Report(points);
        }
        while (cursor is not null);
        file.Flush(flushToDisk: true);
        return points;
    }

    /// <summary>Reads the header of a file that is whole: the model and the vector sizes of its points.</summary>
    /// <exception cref="InvalidDataException">The file is none of this kind, or its end line is missing.</exception>
    public static async Task<IndexSchema> ReadSchemaAsync(string path, CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        var schema = PointLine.ReadHeader(await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? string.Empty);
        await PointLine.ReadEndAsync(path, cancellationToken).ConfigureAwait(false);
        return schema;
    }

    /// <summary>Writes the points of a file to a store. Doing it again does no harm: points replace those of their id.</summary>
    /// <param name="store">The store; of the file's model.</param>
    /// <param name="path">The file. Beside it, <c>PATH.imported</c> remembers how far an import came, until it is complete.</param>
    /// <param name="resume">Whether to go on where an earlier import of the file to this store was cut short.</param>
    /// <param name="progress">Is told the number of points imported so far by this call.</param>
    /// <param name="cancellationToken">Cancels; the import can be resumed.</param>
    /// <returns>What this call imported.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is not whole: its end line is missing, or counts other points than there are. Or a line is damaged; says which.
    /// </exception>
    /// <exception cref="SchemaMismatchException">The file belongs to another model.</exception>
    public static async Task<ImportReport> ImportAsync(
        IVectorStore store, string path, bool resume = false, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Schema.MustEqual(await ReadSchemaAsync(path, cancellationToken).ConfigureAwait(false));
        var promised = await PointLine.ReadEndAsync(path, cancellationToken).ConfigureAwait(false); // before anything is written
        var marker = path + ".imported";
        var skip = resume && File.Exists(marker) ? long.Parse(await File.ReadAllTextAsync(marker, cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture) : 1;
        using var reader = new StreamReader(path, Encoding.UTF8);
        var batch = new List<IndexPoint>(PagePoints);
        var ids = new HashSet<UInt128>();
        var named = new List<string>();
        var (number, seen, imported, duplicates) = (0L, 0L, 0L, 0L);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            seen += ++number > 1 && !PointLine.IsMark(line) ? 1 : 0;
            if (number <= skip)
            {
                continue;
            }

            if (PointLine.ReadPoint(line, number) is { } point)
            {
                batch.Add(point);
                if (!ids.Add(PointLine.Fingerprint(point.Id)))
                {
                    duplicates++;
                    if (named.Count < ImportReport.MostNames && !named.Contains(point.Id))
                    {
                        named.Add(point.Id);
                    }
                }
            }

            if (batch.Count == PagePoints)
            {
                imported += await FlushAsync(store, batch, marker, number, cancellationToken).ConfigureAwait(false);
                progress?.Report(imported);
            }
        }

        imported += await FlushAsync(store, batch, marker, number, cancellationToken).ConfigureAwait(false);
        progress?.Report(imported);
        if (seen != promised)
        {
            throw new InvalidDataException($"{path} has {seen} points, and its end line says {promised}: it was changed since it was exported. What it has is imported.");
        }

        File.Delete(marker);
        var report = new ImportReport(imported, duplicates);
        return named.Count > 0 ? report with { DuplicateIds = named } : report;
    }

    private static async Task<int> FlushAsync(IVectorStore store, List<IndexPoint> batch, string marker, long line, CancellationToken cancellationToken)
    {
        await store.UpsertAsync(batch, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(marker, line.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        var count = batch.Count;
        batch.Clear();
        return count;
    }

    private static async Task WriteLineAsync(FileStream file, byte[] line, CancellationToken cancellationToken)
    {
        await file.WriteAsync(line, cancellationToken).ConfigureAwait(false);
        file.WriteByte((byte)'\n');
    }
}

/// <summary>What an import did.</summary>
/// <param name="Points">The lines with points that were read by this call.</param>
/// <param name="Duplicates">How many of them have the id of an earlier line of this call, whose point they replaced.</param>
public sealed record ImportReport(long Points, long Duplicates)
{
    internal const int MostNames = 10;

    /// <summary>Gets the ids of the first ten of them.</summary>
    public IReadOnlyList<string> DuplicateIds { get; init; } = [];
}
