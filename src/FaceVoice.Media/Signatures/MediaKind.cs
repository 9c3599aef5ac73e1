namespace FaceVoice.Media.Signatures;

/// <summary>A kind of media that first bytes can tell.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Family">How it is read, if it is.</param>
/// <param name="Demuxers">FFmpeg's demuxers that may open it, comma-separated; nothing else is tried. Empty if FFmpeg is not used.</param>
internal sealed record MediaKind(string Name, MediaFamily Family, string Demuxers = "")
{
    /// <summary>Gets the extensions of files that hold images, separated by spaces, each with its dot.</summary>
    public string ImageExtensions { get; init; } = "";

    /// <summary>Gets the extensions of files that hold audio alone.</summary>
    public string AudioExtensions { get; init; } = "";

    /// <summary>Gets the extensions of files that hold video.</summary>
    public string VideoExtensions { get; init; } = "";

    /// <summary>Gets, for an image that is refused, how to make one of it that is read.</summary>
    public string? Conversion { get; init; }
}
