namespace FaceVoice.Media.Signatures;

/// <summary>A kind of media that first bytes can tell.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Family">How it is read, if it is.</param>
/// <param name="Demuxers">FFmpeg's demuxers that may open it, comma-separated; nothing else is tried. Empty where FFmpeg is not used.</param>
/// <param name="Conversion">Of an image that is refused: how to make one of it that is read.</param>
internal sealed record MediaKind(string Name, MediaFamily Family, string Demuxers = "", string? Conversion = null);
