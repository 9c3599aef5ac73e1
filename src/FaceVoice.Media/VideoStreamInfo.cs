namespace FaceVoice.Media;

/// <summary>What a file's header says about its video.</summary>
/// <param name="Width">Width in pixels as shown: upright and with square pixels.</param>
/// <param name="Height">Height in pixels as shown.</param>
/// <param name="FramesPerSecond">Average frame rate, or 0 if the header does not say.</param>
/// <param name="Codec">Codec name as FFmpeg spells it.</param>
public sealed record VideoStreamInfo(int Width, int Height, double FramesPerSecond, string Codec)
{
    /// <summary>Gets whether it has high dynamic range (PQ or HLG); its frames are mapped to that of ordinary displays.</summary>
    public bool IsHighDynamicRange => HighRangeTransfer is not null;

    /// <summary>Gets the transfer characteristic of high dynamic range, as FFmpeg spells it; null for ordinary video.</summary>
    internal string? HighRangeTransfer { get; init; }
}
