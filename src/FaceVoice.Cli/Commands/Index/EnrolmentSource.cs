using System.Text.Json;
using FaceVoice.Cli.Terminal;
using FaceVoice.Index;

namespace FaceVoice.Cli.Commands.Index;

/// <summary>Finds what to enrol: files, folders of files (each folder a person), and data sets with a manifest.</summary>
internal static class EnrolmentSource
{
    private const string ManifestName = "manifest.jsonl";

    /// <summary>Lists the items, in a fixed order.</summary>
    public static IEnumerable<EnrolmentItem> Find(IEnumerable<string> paths, string? identity, bool identityFromFolder)
    {
        foreach (var path in paths)
        {
            if (File.Exists(Path.Combine(path, ManifestName)))
            {
                foreach (var item in ReadDataset(path, identity))
                {
                    yield return item;
                }
            }
            else if (Directory.Exists(path))
            {
                foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                {
                    if (MediaEnroller.ModalityOf(file) is { } modality)
                    {
                        yield return Item(file, Path.GetRelativePath(path, file), identity, identityFromFolder, modality);
                    }
                }
            }
            else
            {
                var modality = File.Exists(path) ? MediaEnroller.ModalityOf(path) : throw new FileNotFoundException(null, path);
                yield return Item(path, Path.GetFileName(path), identity, identityFromFolder, modality ?? throw new UsageException($"{path}: neither a picture nor a recording, by its name."));
            }
        }
    }

    private static EnrolmentItem Item(string file, string id, string? identity, bool identityFromFolder, PointModality modality) =>
        new(file, id.Replace('\\', '/'), identity ?? (identityFromFolder ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) : null), modality, IsSample: false);

    private static IEnumerable<EnrolmentItem> ReadDataset(string folder, string? identity)
    {
        foreach (var line in File.ReadLines(Path.Combine(folder, ManifestName)))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            using var document = JsonDocument.Parse(line);
            var sample = document.RootElement;
            var id = sample.GetProperty("id").GetString();
            var who = identity ?? (sample.TryGetProperty("identity", out var named) ? named.GetString() : null);
            foreach (var (field, modality) in new[] { ("face", PointModality.Face), ("voice", PointModality.Voice) })
            {
                if (sample.TryGetProperty(field, out var file) && file.GetString() is { } relative)
                {
                    yield return new EnrolmentItem(Path.Combine(folder, relative), $"{id}/{field}", who, modality, IsSample: true);
                }
            }
        }
    }
}

/// <summary>One file to enrol.</summary>
/// <param name="Path">The file.</param>
/// <param name="Id">The point's id.</param>
/// <param name="Identity">Who it is, or null.</param>
/// <param name="Modality">Face or voice.</param>
/// <param name="IsSample">A file of a data set: an aligned face or a cut clip, which is embedded as it is.</param>
internal sealed record EnrolmentItem(string Path, string Id, string? Identity, PointModality Modality, bool IsSample);
