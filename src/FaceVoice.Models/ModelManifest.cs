using FaceVoice.Models.Bundles;

namespace FaceVoice.Models;

/// <summary>
/// What <c>manifest.json</c> of a bundle says: which model this is, what its parts expect and give, how its scores are read, where it comes from.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The schema version that this program writes; it reads this one and older ones.</summary>
    public const int CurrentSchemaVersion = 2;

    /// <summary>The version of the manifest's own layout.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>A short name for people, such as <c>starter</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// SHA-256, 64 hexadecimal digits: <see cref="ContentHash.OfNamed"/> over <see cref="Files"/> and, under the names <c>encoder:face</c> and
    /// <c>encoder:joint_face</c>, over face networks that are not part of the bundle. It names the embedding space: the same id means
    /// comparable embeddings. Capability, calibration and texts are not part of it.
    /// </summary>
    public string ModelId { get; init; } = "";

    /// <summary>When the bundle was made, UTC.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>How long the vectors of each space are.</summary>
    public required EmbeddingDimensions Dimensions { get; init; }

    /// <summary>The networks that turn media into embeddings.</summary>
    public required EncoderSpecs Encoders { get; init; }

    /// <summary>The projections into the joint space; null in a bundle with encoders alone.</summary>
    public HeadSpecs? Heads { get; init; }

    /// <summary>What a score of the joint space can know; null if nobody said (bundles of an older schema).</summary>
    public ModelCapability? Capability { get; init; }

    /// <summary>How scores become probabilities and decisions; null where nothing was measured.</summary>
    public CalibrationSpecs? Calibration { get; init; }

    /// <summary>How the parts were trained, by part (<c>speaker</c>, <c>heads</c>).</summary>
    public IReadOnlyDictionary<string, TrainingSummary> Training { get; init; } = new Dictionary<string, TrainingSummary>();

    /// <summary>Licences of weights and data that this bundle rests on.</summary>
    public IReadOnlyList<LicenceNotice> Licences { get; init; } = [];

    /// <summary>SHA-256 of each file that belongs to the model, by file name; filled by <see cref="ModelBundle.Create"/>.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a manifest and checks that its parts agree with one another; files are not looked at.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="ModelFormatException">Not a manifest, of a newer version, or contradictory; the message says where.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json, string source = ModelBundle.ManifestFile) => ManifestReader.Parse(json, source);

    /// <summary>The UTF-8 text as it stands in <c>manifest.json</c>.</summary>
    public byte[] ToJson() => ManifestReader.Format(this);
}
