using System.Globalization;
using FaceVoice.Index.Embedded;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Log;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index;

/// <summary>
/// Saves what is whole from a damaged embedded index into a new one that takes its place; the damaged files are kept beside it.
/// </summary>
/// <remarks>
/// Needs a readable manifest and the index's keys. A record or vector whose checksum is wrong is left out, never guessed. Where the list of removed
/// points is damaged, removed points would come back: that is refused unless allowed. A gap in the log can hide a removal as well as a write.
/// </remarks>
public static class EmbeddedStoreRepair
{
    private const int BatchPoints = 500;

    /// <summary>Repairs the index in a folder. It must not be open.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">The options, keys included, that the index is opened with.</param>
    /// <param name="allowRemovedPoints">Whether points that were removed may come back where the list of them is damaged.</param>
    /// <param name="cancellationToken">Cancels; the damaged index is then as it was.</param>
    /// <exception cref="IndexCorruptException">The manifest is damaged, or the list of removed points is and that was not allowed.</exception>
    public static async Task<RepairReport> RunAsync(
        string path, EmbeddedStoreOptions? options = null, bool allowRemovedPoints = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new EmbeddedStoreOptions();
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var repaired = path + ".repaired";
        var damaged = UnusedName($"{path}.damaged-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}");
        if (Directory.Exists(repaired))
        {
            Directory.Delete(repaired, recursive: true); // of a repair that was cut short
        }

        Salvage salvage;
        long points;
        using (var folder = StoreFolder.Lock(path, mayCreate: false))
        {
            var (manifest, keys) = ManifestFile.Read(folder, options.EncryptionKey, options.TemplateKey)
                ?? throw new IndexCorruptException(folder.ManifestPath, -1, "the manifest is missing; without it nothing says which files belong together");
            salvage = new Salvage(folder, manifest, keys, allowRemovedPoints);
            var survivors = salvage.Collect(cancellationToken);
            await using var target = await EmbeddedVectorStore.OpenAsync(repaired, manifest.ToSchema(), options, cancellationToken).ConfigureAwait(false);
            foreach (var part in survivors.Chunk(BatchPoints))
            {
                await target.UpsertAsync([.. part.Select(salvage.ToPoint)], cancellationToken).ConfigureAwait(false);
            }

            await target.CheckpointAsync(cancellationToken).ConfigureAwait(false);
            points = await target.CountAsync(null, cancellationToken).ConfigureAwait(false);
        }

        Directory.Move(path, damaged);
        Directory.Move(repaired, path);
        return new RepairReport(points, salvage.LostRecords, salvage.LostSegments, salvage.LogGaps, damaged);
    }

    /// <summary>Two repairs in one second, or a clock that went back, do not meet.</summary>
    private static string UnusedName(string name)
    {
        var unused = name;
        for (var number = 2; System.IO.Path.Exists(unused); number++)
        {
            unused = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }

        return unused;
    }
}
