using System.Text.Json.Serialization;

namespace FaceVoice.Datasets.Extraction;

/// <summary>One line of a data set's <c>manifest.jsonl</c>: a face and a voice of one person. Paths are relative to the manifest, with <c>/</c>.</summary>
public sealed record DataSetSample
{
    /// <summary>Gets the sample's name, unique in the data set and across shards.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the person.</summary>
    public required string Identity { get; init; }

    /// <summary>Gets the aligned face, 112×112.</summary>
    public required string Face { get; init; }

    /// <summary>Gets the voice clip, mono 16 kHz WAV.</summary>
    public required string Voice { get; init; }

    /// <summary>Gets what it was cut out of.</summary>
    public required string Source { get; init; }

    /// <summary>Gets where the voice clip begins in its source, in seconds.</summary>
    [JsonPropertyName("start_s")]
    public required double StartSeconds { get; init; }

    /// <summary>Gets where the face was seen in its source, in seconds; 0 for a still picture.</summary>
    [JsonPropertyName("frame_s")]
    public required double FrameSeconds { get; init; }

    /// <summary>Gets what was measured.</summary>
    public required DataSetQuality Quality { get; init; }

    /// <summary>Gets what the person looks like.</summary>
    public required DataSetAttributes Attributes { get; init; }
}
