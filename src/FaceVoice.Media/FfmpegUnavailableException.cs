namespace FaceVoice.Media;

/// <summary>The <c>ffmpeg</c> or <c>ffprobe</c> program, or one that confines them, is not installed or does not start; the message says which and how to mend it.</summary>
public sealed class FfmpegUnavailableException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Which program is missing and how to get it.</param>
    public FfmpegUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">Which program is missing and how to get it.</param>
    /// <param name="innerException">The cause.</param>
    public FfmpegUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
