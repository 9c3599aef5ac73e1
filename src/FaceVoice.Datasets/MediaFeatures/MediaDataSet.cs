using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Extraction;
using FaceVoice.Datasets.Features;

namespace FaceVoice.Datasets.MediaFeatures;

/// <summary>Lists the pairs of a data set on disk, with what had to be left out and why.</summary>
public sealed record MediaDataSet
{
    private static readonly string[] PictureExtensions = [".jpg", ".jpeg", ".png", ".webp"];
    private static readonly string[] SoundExtensions = [".wav", ".flac", ".mp3", ".opus", ".ogg", ".m4a", ".aac", ".mp4", ".webm"];

    /// <summary>Gets the pairs, in the order of their ids.</summary>
    public required IReadOnlyList<MediaPair> Pairs { get; init; }

    /// <summary>Gets what was left out.</summary>
    public required IReadOnlyList<RejectedSample> Rejected { get; init; }

    /// <summary>Reads a data set folder with <c>manifest.jsonl</c>; several shards (<c>manifest*.jsonl</c>) are read together.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">There is no manifest, it is damaged, or it names no usable pair.</exception>
    public static MediaDataSet FromManifest(string folder)
    {
        var manifests = Directory.Exists(folder) ? Directory.GetFiles(folder, "manifest*.jsonl").Order(StringComparer.Ordinal).ToArray() : [];
        if (manifests.Length == 0)
        {
            throw new InvalidDataException($"{folder} holds no data set: there is no manifest.jsonl.");
        }

        var (pairs, rejected) = (new List<MediaPair>(), new List<RejectedSample>());
        foreach (var manifest in manifests)
        {
            var number = 0;
            foreach (var text in File.ReadLines(manifest))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(text))
                {
                    Accept(Parse(text, folder, $"{manifest}, line {number}"), pairs, rejected);
                }
            }
        }

        return Complete(pairs, rejected, folder);
    }

    /// <summary>Pairs files of two folders by their stem; sub-folders are part of the stem.</summary>
    /// <param name="imageFolder">Pictures.</param>
    /// <param name="audioFolder">Recordings.</param>
    /// <param name="identityRegex">Takes the identity from the stem by its first group; null for the stem up to a running number after the last <c>_</c> or <c>-</c>.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">No stem is in both folders.</exception>
    public static MediaDataSet FromFolders(string imageFolder, string audioFolder, string? identityRegex = null)
    {
        var pictures = Files(imageFolder, PictureExtensions);
        var sounds = Files(audioFolder, SoundExtensions);
        var rule = new IdentityRule(identityRegex);
        var (pairs, rejected) = (new List<MediaPair>(), new List<RejectedSample>());
        foreach (var (stem, picture) in pictures)
        {
            if (sounds.TryGetValue(stem, out var sound))
            {
                Accept(new(stem, rule.IdentityOf(stem), picture, sound), pairs, rejected);
            }
            else
            {
                rejected.Add(new(stem, "no recording of the same stem"));
            }
        }

        rejected.AddRange(sounds.Keys.Where(stem => !pictures.ContainsKey(stem)).Select(stem => new RejectedSample(stem, "no picture of the same stem")));
        return Complete(pairs, rejected, $"{imageFolder} and {audioFolder}");
    }

    private static MediaPair Parse(string text, string folder, string place)
    {
        try
        {
            var line = JsonNode.Parse(text)!.AsObject();
            var gender = (string?)(line["attributes"] as JsonObject)?["gender"];
            return new(
                (string)line["id"]!, (string)line["identity"]!,
                Inside(folder, (string)line["face"]!), Inside(folder, (string)line["voice"]!),
                gender is "unknown" or "" ? null : gender,
                Enum.TryParse<SplitPart>((string?)line["split"], ignoreCase: true, out var part) ? part : null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or ArgumentNullException)
        {
            throw new InvalidDataException($"{place}: not a sample with id, identity, face and voice ({error.Message})", error);
        }
    }

    /// <summary>A manifest comes from elsewhere: it must not lead out of its folder.</summary>
    private static string Inside(string folder, string relative)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : throw new InvalidDataException($"The manifest of {folder} names a file outside it: {relative}");
    }

    private static void Accept(MediaPair pair, List<MediaPair> pairs, List<RejectedSample> rejected)
    {
        var missing = !File.Exists(pair.FacePath) ? pair.FacePath : !File.Exists(pair.VoicePath) ? pair.VoicePath : null;
        if (missing is null)
        {
            pairs.Add(pair);
        }
        else
        {
            rejected.Add(new(pair.Id, "its file is missing"));
        }
    }

    private static SortedDictionary<string, string> Files(string folder, string[] extensions)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            {
                var relative = Path.GetRelativePath(folder, path);
                files.TryAdd(relative[..^Path.GetExtension(relative).Length], path);
            }
        }

        return files;
    }

    private static MediaDataSet Complete(List<MediaPair> pairs, List<RejectedSample> rejected, string place) => pairs.Count > 0
        ? new() { Pairs = [.. pairs.OrderBy(pair => pair.Id, StringComparer.Ordinal)], Rejected = rejected }
        : throw new InvalidDataException($"{place}: no usable pair of a picture and a recording ({rejected.Count} left out{(rejected.Count > 0 ? ", the first because of: " + rejected[0].Reason : "")}).");
}
