using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FaceVoice.Models;

namespace FaceVoice.Datasets.Features;

/// <summary>Which person is for training, which for validation, which for testing. Immutable, so thread-safe.</summary>
/// <remarks>
/// A person's place follows from the seed and the person's name alone, through the order of SHA-256 hashes; the order in which files were
/// found does not matter. What a data set says itself (<see cref="IdentityRecord.Split"/>) goes first.
/// </remarks>
public sealed class IdentitySplit
{
    private readonly Dictionary<string, SplitPart> _parts;

    private IdentitySplit(Dictionary<string, SplitPart> parts) => _parts = parts;

    /// <summary>Divides people.</summary>
    /// <param name="identities">The people.</param>
    /// <param name="validationShare">Share for validation, 0 to 1.</param>
    /// <param name="testShare">Share for testing, 0 to 1; together with validation below 1.</param>
    /// <param name="seed">Another seed gives another division.</param>
    public static IdentitySplit Create(IReadOnlyList<IdentityRecord> identities, double validationShare, double testShare, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(identities);
        ArgumentOutOfRangeException.ThrowIfNegative(validationShare);
        ArgumentOutOfRangeException.ThrowIfNegative(testShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(validationShare + testShare, 1, nameof(testShare));

        var parts = identities.Where(person => person.Split is not null).ToDictionary(person => person.Name, person => person.Split!.Value);
        var open = identities.Where(person => person.Split is null).Select(person => person.Name).OrderBy(name => Hash(name, seed)).ThenBy(
            name => name, StringComparer.Ordinal).ToList();
        var test = (int)Math.Round(open.Count * testShare, MidpointRounding.AwayFromZero);
        var validation = (int)Math.Round(open.Count * validationShare, MidpointRounding.AwayFromZero);
        for (var i = 0; i < open.Count; i++)
        {
            parts[open[i]] = i < test ? SplitPart.Test : i < test + validation ? SplitPart.Validation : SplitPart.Train;
        }

        return new(parts);
    }

    /// <summary>Reads a stored division.</summary>
    /// <param name="path">The file that <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The file is not such a division.</exception>
    public static IdentitySplit Load(string path)
    {
        var parts = new Dictionary<string, SplitPart>();
        var json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new InvalidDataException($"{path} is not a JSON object.");
        foreach (var part in Enum.GetValues<SplitPart>())
        {
            if (json[Name(part)] is not JsonArray names)
            {
                throw new InvalidDataException($"{path} has no list \"{Name(part)}\".");
            }

            foreach (var name in names)
            {
                if (name is null || !parts.TryAdd(name.GetValue<string>(), part))
                {
                    throw new InvalidDataException($"{path}: {name} is in two parts.");
                }
            }
        }

        return new(parts);
    }

    /// <summary>Stores the division as JSON: three lists of names.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        var json = new JsonObject();
        foreach (var part in Enum.GetValues<SplitPart>())
        {
            var names = _parts.Where(entry => entry.Value == part).Select(entry => entry.Key).Order(StringComparer.Ordinal);
            json[Name(part)] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        }

        AtomicFile.WriteJson(path, json);
    }

    /// <summary>The part that a person belongs to; null for one that the division does not know.</summary>
    /// <param name="identity">The person's name.</param>
    public SplitPart? PartOf(string identity) => _parts.TryGetValue(identity, out var part) ? part : null;

    /// <summary>The samples of the people of one part.</summary>
    /// <param name="set">The whole set.</param>
    /// <param name="part">The part.</param>
    public FeatureSet Select(FeatureSet set, SplitPart part)
    {
        ArgumentNullException.ThrowIfNull(set);
        var keep = new List<int>();
        for (var i = 0; i < set.Samples.Length; i++)
        {
            if (PartOf(set.Identities[set.Samples[i].Identity].Name) == part)
            {
                keep.Add(i);
            }
        }

        return set.Select([.. keep]);
    }

    private static ulong Hash(string name, ulong seed) =>
        BinaryPrimitives.ReadUInt64BigEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}:{name}"))));

    private static string Name(SplitPart part) => part switch
    {
        SplitPart.Train => "train",
        SplitPart.Validation => "validation",
        _ => "test",
    };
}

/// <summary>What the people of a part of a data set are for.</summary>
public enum SplitPart
{
    /// <summary>Weights are learnt from them.</summary>
    Train,

    /// <summary>The best epoch, the calibration and the thresholds are chosen on them.</summary>
    Validation,

    /// <summary>Nothing is chosen on them; figures are reported on them.</summary>
    Test,
}
