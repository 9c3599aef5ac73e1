namespace FaceVoice.Media;

/// <summary>The media is of a kind that is not read here: another format, container or codec, text, a playlist.</summary>
public sealed class UnsupportedMediaException : InvalidMediaException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    public UnsupportedMediaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public UnsupportedMediaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
