using System.Text.Json.Serialization;
using FaceVoice.Datasets.Features;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;

namespace FaceVoice.Datasets.Manifest;

/// <summary>
/// A face and a voice of one person on one occasion: one line of a data set's <c>manifest.jsonl</c>. In the file, paths are relative to its
/// folder, with
/// <c>/</c>; those of samples that <see cref="MediaManifest"/> has read are full paths.
/// </summary>
public sealed record MediaSample
{
    /// <summary>Gets the sample's name, unique in the data set and across shards.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the person; null if the manifest does not say.</summary>
    public required string? Identity { get; init; }

    /// <summary>Gets the image of the face: aligned (112×112), or any with a face in it; null if there is none.</summary>
    public required string? Face { get; init; }

    /// <summary>Gets the recording of the voice; null if there is none.</summary>
    public required string? Voice { get; init; }

    /// <summary>Gets what the sample was cut out of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>Gets where the voice clip begins in its source, in seconds.</summary>
    [JsonPropertyName("start_s")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StartSeconds { get; init; }

    /// <summary>Gets where the face was seen in its source, in seconds; 0 for a still image.</summary>
    [JsonPropertyName("frame_s")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FrameSeconds { get; init; }

    /// <summary>Gets what was measured; <see cref="MediaManifest"/> does not read it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SampleQuality? Quality { get; init; }

    /// <summary>Gets what the person looks like, or is said to be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SampleAttributes? Attributes { get; init; }

    /// <summary>Gets the part that the data set itself puts the person in; null leaves it to the split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SplitPart? Split { get; init; }
}

/// <summary>What was measured on a sample.</summary>
/// <param name="Face">On its face.</param>
/// <param name="Voice">On its voice.</param>
public sealed record SampleQuality(FaceQuality Face, VoiceQuality Voice);

/// <summary>What a person looks like to the networks over frames of the source, or is said to be: an estimate is no fact about the person.</summary>
public sealed record SampleAttributes
{
    /// <summary>Gets <c>f</c> or <c>m</c>; null if it is not known.</summary>
    public string? Gender { get; init; }

    /// <summary>Gets the mean probability of that gender, 0.5 to 1; null if nothing was estimated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? GenderProbability { get; init; }

    /// <summary>
    /// Gets whether more than a fifth of the frames look like the other gender: such a person counts as of unknown gender when the manifest is
    /// read. Null if nothing was estimated.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? GenderDisagrees { get; init; }

    /// <summary>Gets the mean estimate of the age, in years; null if nothing was estimated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Age { get; init; }

    /// <summary>Gets a group of ages as the data set names it, such as <c>child</c>; null if it names none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AgeBand { get; init; }

    /// <summary>Gets how many people were seen in the source, of whom the sample shows the one seen most; null if they were not counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? People { get; init; }

    /// <summary>
    /// Gets true if two people seem to speak in the source, in turn or on two channels: which of them the voice is of is not known. Null if
    /// nothing of the kind was heard.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? VoicesDisagree { get; init; }

    internal static SampleAttributes Of(PersonAttributes looks, int people, bool voicesDisagree) => new()
    {
        Gender = looks.Mean.Gender,
        GenderProbability = MathF.Round(looks.Mean.GenderProbability, 4),
        GenderDisagrees = looks.Disagrees,
        Age = MathF.Round(looks.Mean.Age, 1),
        People = people,
        VoicesDisagree = voicesDisagree ? true : null,
    };
}
