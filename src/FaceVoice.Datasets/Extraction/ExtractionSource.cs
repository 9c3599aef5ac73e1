namespace FaceVoice.Datasets.Extraction;

/// <summary>One video, or pictures and sound files that share a stem. Immutable.</summary>
public sealed record ExtractionSource
{
    /// <summary>Gets the name under which the source is reported: its path below the folder or pattern that was given, with <c>/</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what names the source in file names and sample ids: letters, digits, <c>._-</c>; the same on every machine.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the person, a folder name; sources of one person share it.</summary>
    public required string Identity { get; init; }

    /// <summary>Gets the video file, or null for pictures with sound.</summary>
    public string? Video { get; init; }

    /// <summary>Gets the still pictures, in order; empty for a video.</summary>
    public IReadOnlyList<string> Pictures { get; init; } = [];

    /// <summary>Gets the sound files, in order; empty for a video.</summary>
    public IReadOnlyList<string> Sounds { get; init; } = [];
}
