namespace FaceVoice.Media;

/// <summary>What a file's header says about its picture.</summary>
/// <param name="Width">Width in pixels as shown: upright and with square pixels.</param>
/// <param name="Height">Height in pixels as shown.</param>
/// <param name="FramesPerSecond">Average frame rate, or 0 where the header does not say.</param>
/// <param name="Codec">Codec name as FFmpeg spells it.</param>
public sealed record VideoStreamInfo(int Width, int Height, double FramesPerSecond, string Codec);
