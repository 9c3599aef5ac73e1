using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Models;

namespace FaceVoice.Datasets.Features;

/// <summary>
/// Features on disk: <c>faces.npy</c> [rows, dimension], <c>voices.npy</c>, and <c>features.json</c> beside <c>samples.jsonl</c>, one
/// sample a line:
/// <c>{"id", "identity", "gender"?, "age_band"?, "split"?, "face": [start, count], "voice": [start, count]}</c>.
/// A folder with the two arrays and an <c>identities.txt</c> (one name a row, row i of both arrays being one sample) is read as well.
/// </summary>
public static class FeatureFolder
{
    private const string FacesFile = "faces.npy";
    private const string VoicesFile = "voices.npy";
    private const string SamplesFile = "samples.jsonl";
    private const string DescriptionFile = "features.json";
    private const string IdentitiesFile = "identities.txt";

    /// <summary>Writes a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="folder">The folder; made where it is missing, files of the same names are replaced.</param>
    public static void Save(FeatureSet set, string folder)
    {
        ArgumentNullException.ThrowIfNull(set);
        Directory.CreateDirectory(folder);
        NpyFile.Write(Path.Combine(folder, FacesFile), [set.Faces.Rows, set.Faces.Dimension], set.Faces.Values);
        NpyFile.Write(Path.Combine(folder, VoicesFile), [set.Voices.Rows, set.Voices.Dimension], set.Voices.Values);
        AtomicFile.Write(Path.Combine(folder, SamplesFile), stream => WriteSamples(set, stream));
        var description = new JsonObject
        {
            ["schema_version"] = 1,
            ["face_encoder"] = set.Faces.Encoder,
            ["voice_encoder"] = set.Voices.Encoder,
        };
        if (set.Oracle is SyntheticOracle oracle)
        {
            var width = oracle.Options.SharedDimensions + 1;
            NpyFile.Write(Path.Combine(folder, "known_faces.npy"), [oracle.FaceCoordinates.Length / width, width], oracle.FaceCoordinates);
            NpyFile.Write(
                Path.Combine(folder, "known_voices.npy"), [oracle.VoiceCoordinates.Length / width, width], oracle.VoiceCoordinates);
            description["synthesis"] = JsonSerializer.SerializeToNode(oracle.Options, FeatureJson.Options);
            description["best_possible"] = new JsonObject
            {
                ["auc_uncontrolled"] = oracle.UncontrolledAuc,
                ["auc_gender_controlled"] = oracle.GenderControlledAuc,
                ["auc_gender_controlled_of_uncontrolled_score"] = oracle.GenderControlledAucOfUncontrolledScore,
                ["standard_error"] = SyntheticOptimum.StandardError,
            };
        }

        AtomicFile.WriteJson(Path.Combine(folder, DescriptionFile), description);
    }

    /// <summary>Reads a set.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">A file contradicts another or is malformed; the message names the place.</exception>
    /// <exception cref="ModelFormatException">An array file is damaged.</exception>
    public static FeatureSet Load(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FacesFile)) || !File.Exists(Path.Combine(folder, VoicesFile)))
        {
            throw new InvalidDataException(
                $"{folder} holds no features: it needs {FacesFile} and {VoicesFile}, beside {SamplesFile} or {IdentitiesFile}.");
        }

        var description = File.Exists(Path.Combine(folder, DescriptionFile)) ? ReadObject(Path.Combine(folder, DescriptionFile)) : [];
        var faces = ReadMatrix(Path.Combine(folder, FacesFile), (string?)description["face_encoder"]);
        var voices = ReadMatrix(Path.Combine(folder, VoicesFile), (string?)description["voice_encoder"]);
        var table = File.Exists(Path.Combine(folder, SamplesFile))
            ? ReadSamples(Path.Combine(folder, SamplesFile))
            : ReadIdentities(Path.Combine(folder, IdentitiesFile), faces, voices);
        if (table.Samples.Count == 0)
        {
            throw new InvalidDataException($"{folder} lists no samples.");
        }

        try
        {
            return new(table.Identities, [.. table.Samples], faces, voices, ReadOracle(folder, description, faces, voices));
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{folder}: {error.Message}", error);
        }
    }

    private static void WriteSamples(FeatureSet set, Stream stream)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        foreach (var sample in set.Samples)
        {
            var person = set.Identities[sample.Identity];
            var line = new JsonObject { ["id"] = sample.Id, ["identity"] = person.Name };
            if (person.Gender is not null)
            {
                line["gender"] = person.Gender;
            }

            if (person.AgeBand is not null)
            {
                line["age_band"] = person.AgeBand;
            }

            if (person.Split is { } part)
            {
                line["split"] = part.ToString().ToLowerInvariant();
            }

            line["face"] = new JsonArray(sample.FaceStart, sample.FaceCount);
            line["voice"] = new JsonArray(sample.VoiceStart, sample.VoiceCount);
            writer.WriteLine(line.ToJsonString());
        }
    }

    private static FeatureMatrix ReadMatrix(string path, string? encoder)
    {
        var tensor = NpyFile.Read(path);
        return tensor.Shape is [_, > 0 and <= 65_536 and var dimension] && tensor.ElementType == TensorElementType.Float32
            ? new(tensor.Floats.ToArray(), (int)dimension, encoder ?? "unknown")
            : throw new InvalidDataException($"{path}: expected a table of single-precision features, found {tensor}.");
    }

    private static IdentityTable ReadSamples(string path)
    {
        var table = new IdentityTable();
        var number = 0;
        foreach (var text in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            try
            {
                var line = JsonNode.Parse(text)!.AsObject();
                var (face, voice) = (line["face"]!.AsArray(), line["voice"]!.AsArray());
                var part = (string?)line["split"] is { } name ? Enum.Parse<SplitPart>(name, ignoreCase: true) : (SplitPart?)null;
                var identity = table.Identity((string)line["identity"]!, (string?)line["gender"], part, (string?)line["age_band"]);
                table.Samples.Add(new((string)line["id"]!, identity, (int)face[0]!, (int)face[1]!, (int)voice[0]!, (int)voice[1]!));
            }
            catch (Exception error) when (
                error is JsonException or InvalidOperationException or ArgumentException or NullReferenceException or FormatException)
            {
                throw new InvalidDataException($"{path}, line {number}: not a sample of features ({error.Message})", error);
            }
        }

        return table;
    }

    private static IdentityTable ReadIdentities(string path, FeatureMatrix faces, FeatureMatrix voices)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException(
                $"{Path.GetDirectoryName(path)} needs {SamplesFile} or {IdentitiesFile} to say whose features these are.");
        }

        var names = File.ReadAllLines(path);
        if (names.Length != faces.Rows || names.Length != voices.Rows)
        {
            throw new InvalidDataException(
                $"{path} has {names.Length} lines, {FacesFile} {faces.Rows} rows, {VoicesFile} {voices.Rows}: they must agree.");
        }

        var table = new IdentityTable();
        for (var i = 0; i < names.Length; i++)
        {
            table.Samples.Add(new($"{names[i].Trim()}#{i}", table.Identity(names[i].Trim(), null, null), i, 1, i, 1));
        }

        return table;
    }

    private static SyntheticOracle? ReadOracle(string folder, JsonObject description, FeatureMatrix faces, FeatureMatrix voices)
    {
        if (description["synthesis"] is not { } synthesis)
        {
            return null;
        }

        var options = synthesis.Deserialize<SyntheticFeatureOptions>(FeatureJson.Options)!;
        options.Validate();
        var known = (
            Faces: NpyFile.Read(Path.Combine(folder, "known_faces.npy")), Voices: NpyFile.Read(Path.Combine(folder, "known_voices.npy")));
        var width = options.SharedDimensions + 1;
        return known.Faces.Count == faces.Rows * width && known.Voices.Count == voices.Rows * width
            ? new(options, known.Faces.Floats.ToArray(), known.Voices.Floats.ToArray())
            : throw new InvalidDataException($"{folder}: the hidden coordinates do not belong to these features.");
    }

    private static JsonObject ReadObject(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new InvalidDataException($"{path} is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is not JSON: {error.Message}", error);
        }
    }

    private sealed class IdentityTable
    {
        private readonly Dictionary<string, int> _index = [];

        public List<IdentityRecord> Identities { get; } = [];

        public List<FeatureSample> Samples { get; } = [];

        public int Identity(string name, string? gender, SplitPart? split, string? ageBand = null)
        {
            if (!_index.TryGetValue(name, out var index))
            {
                _index[name] = index = Identities.Count;
                Identities.Add(new(name, gender, split, ageBand));
            }

            return index;
        }
    }
}
