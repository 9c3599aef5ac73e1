using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Sources;
using FaceVoice.Media;

namespace FaceVoice.Datasets.Manifest;

/// <summary>The samples of a data set on disk, with what had to be left out and why.</summary>
public sealed record MediaManifest
{
    private const string Pattern = "manifest*.jsonl";

    /// <summary>Gets the samples that have an identity, a face and a voice, in the order of their ids.</summary>
    public required IReadOnlyList<MediaSample> Samples { get; init; }

    /// <summary>Gets what was left out.</summary>
    public required IReadOnlyList<RejectedSample> Rejected { get; init; }

    /// <summary>Gets what is to be said of who is taken for whom, before the work begins; empty if the data set says it itself.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether a folder holds a data set: a <c>manifest.jsonl</c>, or those of shards.</summary>
    /// <param name="folder">Any path.</param>
    public static bool IsIn(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, Pattern).Any();

    /// <summary>Reads a data set folder with <c>manifest.jsonl</c>; several shards (<c>manifest*.jsonl</c>) are read together.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">There is no manifest, it is damaged, or it names no usable sample.</exception>
    public static MediaManifest FromFolder(string folder)
    {
        var (samples, rejected, ids) = (new List<MediaSample>(), new List<RejectedSample>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var sample in Read(folder))
        {
            if (ids.Add(sample.Id))
            {
                Accept(sample, samples, rejected);
            }
            else
            {
                rejected.Add(new(sample.Id, "an earlier sample has the same id"));
            }
        }

        return Complete(samples, rejected, folder);
    }

    /// <summary>
    /// Reads the lines of a data set's manifests as they are, whether or not their files exist; samples may lack a face, a voice or an
    /// identity.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The samples, with full paths, all inside the folder.</returns>
    /// <exception cref="InvalidDataException">
    /// There is no manifest, or a line is malformed; the message has the file and the line.
    /// </exception>
    public static IEnumerable<MediaSample> Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!IsIn(folder))
        {
            throw new InvalidDataException($"{folder} holds no data set: there is no manifest.jsonl.");
        }

        return Directory.GetFiles(folder, Pattern).Order(StringComparer.Ordinal).SelectMany(manifest => ReadOne(manifest, folder));
    }

    /// <summary>Pairs files of two folders by their stem; sub-folders are part of the stem.</summary>
    /// <param name="imageFolder">Images.</param>
    /// <param name="audioFolder">Recordings.</param>
    /// <param name="identities">Tells from a stem who it is; null for the default rule.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">No stem is in both folders.</exception>
    /// <exception cref="FormatException">The identity pattern finds nobody in a stem.</exception>
    public static MediaManifest FromFolders(string imageFolder, string audioFolder, IdentityRule? identities = null)
    {
        identities ??= new IdentityRule();
        var search = new FileSearch();
        var images = ByStem(imageFolder, type => type == MediaType.Image, search);
        var recordings = ByStem(audioFolder, type => type is MediaType.Audio or MediaType.Video, search);
        var (samples, rejected) = (new List<MediaSample>(), search.PassedOver.Select(entry => new RejectedSample(entry.Path, entry.Reason)).ToList());
        var people = new List<(string, SourceIdentity)>();
        foreach (var (stem, image) in images)
        {
            if (!recordings.TryGetValue(stem, out var recording))
            {
                rejected.Add(new(stem, "no recording of the same stem"));
                continue;
            }

            var identity = identities.IdentityOf(stem);
            people.Add((stem, identity));
            samples.Add(new() { Id = stem, Identity = identity.Person, Face = image, Voice = recording });
        }

        rejected.AddRange(recordings.Keys.Where(stem => !images.ContainsKey(stem)).Select(stem => new RejectedSample(stem, "no image of the same stem")));
        return Complete(samples, rejected, $"{imageFolder} and {audioFolder}") with { Notes = IdentityGrouping.Notes(people) };
    }

    private static IEnumerable<MediaSample> ReadOne(string manifest, string folder)
    {
        var number = 0;
        foreach (var text in File.ReadLines(manifest))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return Parse(text, folder, $"{manifest}, line {number}");
            }
        }
    }

    /// <summary>Field by field, as manifests that others wrote may hold anything beside what is needed.</summary>
    private static MediaSample Parse(string text, string folder, string place)
    {
        JsonObject line;
        try
        {
            line = JsonNode.Parse(text) as JsonObject ?? throw new InvalidDataException($"{place}: not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{place}: not JSON ({error.Message})", error);
        }

        return new MediaSample
        {
            Id = TextOf(line, "id", place) ?? throw new InvalidDataException($"{place}: a sample needs an \"id\"."),
            Identity = TextOf(line, "identity", place) is { } identity && !string.IsNullOrWhiteSpace(identity) ? UnicodeComposition.Compose(identity) : null,
            Face = Inside(folder, TextOf(line, "face", place), place),
            Voice = Inside(folder, TextOf(line, "voice", place), place),
            Source = TextOf(line, "source", place),
            Attributes = line["attributes"] is JsonObject attributes ? AttributesOf(attributes, place) : null,
            Split = Enum.TryParse<SplitPart>(TextOf(line, "split", place), ignoreCase: true, out var part) && Enum.IsDefined(part) ? part : null,
        };
    }

    /// <summary>What training and evaluation go by. A person whose own frames contradict one another is of neither gender.</summary>
    private static SampleAttributes? AttributesOf(JsonObject attributes, string place)
    {
        var gender = TextOf(attributes, "gender", place);
        var disagrees = attributes["gender_disagrees"] is JsonValue value && value.TryGetValue<bool>(out var torn) && torn;
        var known = gender is null or "unknown" or "" || disagrees ? null : gender;
        var band = TextOf(attributes, "age_band", place) is { Length: > 0 } named ? named : null;
        return known is null && band is null ? null : new SampleAttributes { Gender = known, AgeBand = band };
    }

    private static string? TextOf(JsonObject line, string field, string place) => line[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw new InvalidDataException($"{place}: \"{field}\" is {other.ToJsonString()}; a text is needed."),
    };

    /// <summary>A manifest comes from elsewhere: it must not lead out of its folder.</summary>
    private static string? Inside(string folder, string? relative, string place)
    {
        if (string.IsNullOrEmpty(relative))
        {
            return null;
        }

        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(root, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"{place}: the manifest names a file outside its folder: {relative}");
    }

    private static void Accept(MediaSample sample, List<MediaSample> samples, List<RejectedSample> rejected)
    {
        var reason = sample switch
        {
            { Identity: null } => "it has no identity",
            { Face: null } => "it has no face",
            { Voice: null } => "it has no voice",
            _ when FileStatus.Of(sample.Face) is { Trouble: { } trouble } => $"its face cannot be read: {trouble}",
            _ when FileStatus.Of(sample.Voice) is { Trouble: { } trouble } => $"its voice cannot be read: {trouble}",
            _ => null,
        };
        if (reason is null)
        {
            samples.Add(sample);
        }
        else
        {
            rejected.Add(new(sample.Id, reason));
        }
    }

    private static SortedDictionary<string, string> ByStem(string folder, Func<MediaType?, bool> wanted, FileSearch search)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in search.Below(folder).Where(path => wanted(MediaTypes.Of(path))))
        {
            var stem = UnicodeComposition.Compose(IdentityRule.WithoutExtension(Path.GetRelativePath(folder, path)));
            if (!files.TryAdd(stem, path))
            {
                search.Pass(path, $"it has the stem of {files[stem]}");
            }
        }

        return files;
    }

    private static MediaManifest Complete(List<MediaSample> samples, List<RejectedSample> rejected, string place)
    {
        if (samples.Count > 0)
        {
            return new() { Samples = [.. samples.OrderBy(sample => sample.Id, StringComparer.Ordinal)], Rejected = rejected };
        }

        var first = rejected.Count > 0 ? $", the first because of: {rejected[0].Reason}" : "";
        throw new InvalidDataException($"{place}: no usable pair of an image and a recording ({rejected.Count} left out{first}).");
    }
}
