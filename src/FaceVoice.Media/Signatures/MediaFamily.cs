namespace FaceVoice.Media.Signatures;

/// <summary>How a kind of media is read.</summary>
internal enum MediaFamily
{
    /// <summary>Recognised, but not read here.</summary>
    Refused,

    /// <summary>A still picture.</summary>
    Image,

    /// <summary>Sound or video in a container that FFmpeg opens.</summary>
    Recording,
}
