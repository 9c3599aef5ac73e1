namespace FaceVoice.Media;

/// <summary>What a media file's header says, checked against the limits.</summary>
public sealed record MediaInfo
{
    /// <summary>Gets the container, as FFmpeg spells it, for example <c>matroska,webm</c>.</summary>
    public required string Container { get; init; }

    /// <summary>Gets the length in seconds; null where the header does not say (a recording that was streamed or cut off).</summary>
    public required double? Seconds { get; init; }

    /// <summary>Gets the picture, or null where there is none; cover art is not picture.</summary>
    public required VideoStreamInfo? Video { get; init; }

    /// <summary>Gets the sound, or null where there is none.</summary>
    public required AudioSource? Audio { get; init; }
}
