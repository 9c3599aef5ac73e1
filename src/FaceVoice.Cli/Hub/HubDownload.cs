using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceVoice.Models;
using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Hub;

/// <summary>
/// Brings files of a repository into the cache: what is there already is hashed again and kept, a part of an earlier try is continued, and
/// nothing
/// gets its place before its hash is the one that the hub names.
/// </summary>
internal sealed class HubDownload(HubClient client, HubSettings settings, HubModelName model, string commit, IHubProgress progress)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>The bytes that came over the network.</summary>
    public long FetchedBytes { get; private set; }

    /// <summary>Fetches a file and links it into the snapshot.</summary>
    /// <param name="file">The file, as it is listed.</param>
    /// <param name="maxBytes">A limit of its own, for files that are read into memory.</param>
    /// <param name="cancellationToken">Stops; the part that came is kept.</param>
    /// <returns>Its path in the snapshot.</returns>
    /// <exception cref="HubException">The hub refused, the file is too large, or not the one that was promised.</exception>
    public async Task<string> FetchAsync(HubFile file, long maxBytes, CancellationToken cancellationToken)
    {
        var limit = Math.Min(maxBytes, settings.MaxFileBytes);
        if (file.Size > limit)
        {
            throw TooLarge(file, file.Size.Value, limit);
        }

        var hash = file.Hash ?? await AskHashAsync(file, cancellationToken);
        var blob = settings.Cache.BlobPath(model, hash);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using (await LockAsync(settings.Cache.LockPath(model, hash), file, cancellationToken))
        {
            if (!await IsIntactAsync(blob, hash, cancellationToken))
            {
                await DownloadAsync(file, hash, blob, limit, cancellationToken);
            }
        }

        settings.Cache.Link(model, commit, file.Path, hash);
        return Path.Combine(settings.Cache.SnapshotFolder(model, commit), file.Path);
    }

    private async Task<string> AskHashAsync(HubFile file, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await client.OpenAsync(model, commit, file.Path, 0, cancellationToken);
                return answer.Hash ?? throw new HubException(
                    $"{model}, {file.Path}: the hub names no hash of it (X-Linked-Etag or ETag), so that it cannot be checked.");
            }
            catch (BrokenTransferException broken)
            {
                await client.WaitAsync(attempt, $"{model}, {file.Path}: {broken.Message}", broken, cancellationToken);
            }
        }
    }

    private async Task DownloadAsync(HubFile file, string hash, string blob, long limit, CancellationToken cancellationToken)
    {
        var part = $"{blob}.incomplete";
        for (var attempt = 1; ; attempt++)
        {
            var before = Length(part);
            try
            {
                await ContinueAsync(file, hash, part, limit, cancellationToken);
                break;
            }
            catch (BrokenTransferException broken)
            {
                // A connection that is cut now and then still gets there; one that brings nothing any more does not.
                attempt = Length(part) > before ? 1 : attempt;
                await client.WaitAsync(attempt, $"{model}, {file.Path}: {broken.Message}", broken, cancellationToken);
            }
        }

        if (!await IsIntactAsync(part, hash, cancellationToken))
        {
            throw new HubException(
                $"{model}, {file.Path}: what came is not the file whose hash the hub names, {hash}. It was thrown away.");
        }

        File.Move(part, blob, overwrite: true);
        progress.Done(file.Path, Length(blob));
    }

    private async Task ContinueAsync(HubFile file, string hash, string part, long limit, CancellationToken cancellationToken)
    {
        var have = Length(part);
        if (file.Size is { } whole && have >= whole)
        {
            if (have == whole)
            {
                return; // stopped between the last byte and the hash
            }

            File.Delete(part);
            have = 0;
        }

        using var answer = await client.OpenAsync(model, commit, file.Path, have, cancellationToken);
        if (answer.Hash is { } announced && announced.Length == hash.Length && announced != hash)
        {
            throw new HubException($"{model}, {file.Path}: the list of files names the hash {hash}, the file's own answer {announced}.");
        }

        if (answer.IsBeyondEnd)
        {
            if (file.Size is null && have > 0)
            {
                return; // the length was not known, and this is its end: the hash decides
            }

            File.Delete(part);
            throw new BrokenTransferException($"the server has no byte {have}", null);
        }

        if (answer.Offset != 0 && answer.Offset != have)
        {
            throw new HubException($"{model}, {file.Path}: asked for the bytes from {have} on, the server answered {answer.Range}.");
        }

        var total = file.Size ?? answer.Total;
        if ((total ?? 0) > limit || (file.Size is { } listed && answer.Total is { } said && said != listed))
        {
            throw total > limit ? TooLarge(file, total.Value, limit)
                : new HubException($"{model}, {file.Path}: the list of files says {file.Size} bytes, the server {answer.Total}.");
        }

        await using var body = await answer.OpenAsync(cancellationToken);
        await using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 1);
        target.SetLength(answer.Offset);
        target.Position = answer.Offset;
        await CopyAsync(file, body, target, total, limit, cancellationToken);
        target.Flush(flushToDisk: true);
        if (total is { } expected && target.Length < expected)
        {
            throw new BrokenTransferException($"{target.Length} of {expected} bytes came", null);
        }
    }

    private async Task CopyAsync(HubFile file, Stream body, FileStream target, long? total, long limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 17];
        for (int read; (read = await HubClient.ReadAsync(body, buffer, cancellationToken)) > 0;)
        {
            if (target.Position + read > Math.Min(limit, total ?? limit))
            {
                throw new HubException(
                    $"{model}, {file.Path}: the server sends more than the {total ?? limit} bytes that were announced or are allowed.");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            FetchedBytes += read;
            progress.Report(file.Path, target.Position, total);
        }
    }

    /// <summary>Whether a file is there and has the hash; one that has another is deleted.</summary>
    private static async Task<bool> IsIntactAsync(string path, string hash, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        if (await HashAsync(path, hash.Length, cancellationToken) == hash)
        {
            return true;
        }

        File.Delete(path);
        return false;
    }

    private static async Task<string> HashAsync(string path, int length, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        var isLarge = length == ContentHash.Length;
#pragma warning disable CA5350 // git names small files by SHA-1; nothing stronger is published for them
        using var hasher = IncrementalHash.CreateHash(isLarge ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        if (!isLarge)
        {
            hasher.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        }

        var buffer = new byte[1 << 17];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            hasher.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hasher.GetHashAndReset());
    }

    /// <summary>Waits its turn behind other programs that fetch the same file into this cache.</summary>
    private async Task<FileStream> LockAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (isFirst)
                {
                    progress.Note($"{file.Path}: another program is fetching it; waiting.");
                }

                await Task.Delay(LookAgain, cancellationToken);
            }
        }
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private HubException TooLarge(HubFile file, long size, long limit) =>
        new($"{model}, {file.Path}: {size} bytes are too many; up to {limit} are fetched (--max-size raises the limit for weights).");
}
