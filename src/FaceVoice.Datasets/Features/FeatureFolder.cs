using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Models;

namespace FaceVoice.Datasets.Features;

/// <summary>
/// Features on disk: <c>faces.npy</c> [rows, dimension], <c>voices.npy</c>, and <c>features.json</c> beside <c>samples.jsonl</c>, one
/// sample a line:
/// <c>{"id", "identity", "gender"?, "age_band"?, "split"?, "face": [start, count], "voice": [start, count]}</c>.
/// A folder with the two arrays and an <c>identities.txt</c> (one name a row, row i of both arrays being one sample) is read as well. Arrays are of
/// any floating-point kind and order of bytes and axes that numpy writes.
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

    /// <summary>A table of rows; numpy's sizes of 1 between rows and values, and other kinds of numbers, are as good.</summary>
    private static FeatureMatrix ReadMatrix(string path, string? encoder)
    {
        var tensor = NpyFile.Read(path);
        long[] shape = tensor.Shape.Count <= 2 ? [.. tensor.Shape] : [tensor.Shape[0], .. tensor.Shape.Skip(1).Where(size => size != 1)];
        if (shape is not [_, > 0 and <= 65_536 and var dimension])
        {
            throw new InvalidDataException($"{path}: a table of features [rows, values] is needed, found {tensor}.");
        }

        var values = tensor.ElementType switch
        {
            TensorElementType.Float32 => tensor.Floats.ToArray(),
            TensorElementType.Float64 => Array.ConvertAll(tensor.Doubles.ToArray(), value => (float)value),
            _ => throw new InvalidDataException($"{path}: features are floating-point numbers, found {tensor}."),
        };
        return new(values, (int)dimension, encoder ?? "unknown");
    }

    private static IdentityTable ReadSamples(string path)
    {
        var table = new IdentityTable();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        foreach (var text in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var place = $"{path}, line {number}";
            var line = ParseLine(text, place);
            var (id, name) = (TextOf(line, "id", place), TextOf(line, "identity", place));
            if (id is null || string.IsNullOrWhiteSpace(name))
            {
                throw new InvalidDataException($"{place}: a sample needs an \"id\" and an \"identity\".");
            }

            if (!lines.TryAdd(id, number))
            {
                throw new InvalidDataException($"{place}: the sample of line {lines[id]} has the id \"{id}\" too; each sample needs one of its own.");
            }

            var part = TextOf(line, "split", place) is not { } split ? (SplitPart?)null
                : Enum.TryParse<SplitPart>(split, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
                : throw new InvalidDataException($"{place}: \"split\" is \"{split}\"; train, validation or test is needed.");
            var (face, voice) = (RowsOf(line, "face", place), RowsOf(line, "voice", place));
            var identity = table.Identity(name, TextOf(line, "gender", place), part, TextOf(line, "age_band", place));
            table.Samples.Add(new(id, identity, face.Start, face.Count, voice.Start, voice.Count));
        }

        return table;
    }

    private static JsonObject ParseLine(string text, string place)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new InvalidDataException($"{place}: not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{place}: not JSON ({error.Message})", error);
        }
    }

    private static string? TextOf(JsonObject line, string field, string place) => line[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw new InvalidDataException($"{place}: \"{field}\" is {other.ToJsonString()}; a text is needed."),
    };

    private static (int Start, int Count) RowsOf(JsonObject line, string field, string place) =>
        line[field] is JsonArray { Count: 2 } pair
        && pair[0] is JsonValue first && first.TryGetValue<int>(out var start) && pair[1] is JsonValue second && second.TryGetValue<int>(out var count)
            ? (start, count)
            : throw new InvalidDataException(
                $"{place}: \"{field}\" is {line[field]?.ToJsonString() ?? "missing"}; [first row, number of rows] in {field}s.npy is needed.");

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
