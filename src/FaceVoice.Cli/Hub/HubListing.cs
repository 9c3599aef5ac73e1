using System.Text.Json;
using FaceVoice.Models;
using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Hub;

/// <summary>A file of a repository, as the hub lists it.</summary>
/// <param name="Path">With slashes; checked, so that it stays inside its folder.</param>
/// <param name="Size">In bytes; null if the hub does not say.</param>
/// <param name="Hash">SHA-256 of a large file, git's SHA-1 of any other; null if the hub does not say.</param>
internal sealed record HubFile(string Path, long? Size, string? Hash);

/// <summary>A repository at a commit: its files.</summary>
internal sealed record HubListing(string Commit, IReadOnlyList<HubFile> Files)
{
    private const int MaxFiles = 20_000;

    public HubFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    /// <summary>Reads what the hub answers about a model.</summary>
    /// <exception cref="HubException">It is not of the form that is documented, or names a file outside the folder.</exception>
    public static HubListing Parse(byte[] json, HubModelName model)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var commit = root.GetProperty("sha").GetString();
            var files = root.GetProperty("siblings");
            if (!HubModelName.IsCommit(commit) || files.GetArrayLength() > MaxFiles)
            {
                throw new HubException(
                    $"{model}: the hub names the commit '{commit}' with {files.GetArrayLength()} files; "
                    + $"40 hexadecimal digits and up to {MaxFiles} files are read.");
            }

            return HubModelName.IsCommit(model.Revision) && model.Revision != commit
                ? throw new HubException($"{model}: the hub answered with another commit, {commit}.")
                : new HubListing(commit!, [.. files.EnumerateArray().Select(file => Read(file, model))]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HubException($"{model}: the hub's answer is no list of a model's files: {error.Message}", error);
        }
    }

    private static HubFile Read(JsonElement file, HubModelName model)
    {
        var path = file.GetProperty("rfilename").GetString();
        if (!HubCache.IsSafePath(path))
        {
            throw new HubException(
                $"{model}: the list of files holds {JsonSerializer.Serialize(path)}, which is no path inside a folder. Nothing was fetched.");
        }

        long? size = file.TryGetProperty("size", out var bytes) && bytes.ValueKind == JsonValueKind.Number ? bytes.GetInt64() : null;
        var large = file.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object;
        var hash = large ? Text(lfs, "sha256") ?? Text(lfs, "oid") : Text(file, "blobId");
        return size < 0 || (hash is not null && !(large ? ContentHash.IsWellFormed(hash) : HubModelName.IsCommit(hash)))
            ? throw new HubException($"{model}: size {size} and hash '{hash}' of {path} cannot be right.")
            : new HubFile(path!, size, hash);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
