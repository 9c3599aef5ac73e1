namespace FaceVoice.Media;

/// <summary>How frames are read.</summary>
public sealed record VideoFrameOptions
{
    /// <summary>Gets the longest side that frames may have, in pixels; larger video is made smaller, smaller is left as it is. Null keeps every size.</summary>
    public int? MaxSide { get; init; }

    /// <summary>Gets whether only key frames are decoded: many times faster on long video, but a frame comes as late as the next key frame.</summary>
    public bool KeyFramesOnly { get; init; }

    /// <summary>Gets what <see cref="VideoReader.ProbeAsync(string, CancellationToken)"/> said of this file; null has it probed again.</summary>
    public MediaInfo? Info { get; init; }
}
