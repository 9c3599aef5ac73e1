namespace FaceVoice.Media;

/// <summary>The media is larger, longer, or asks for more work than <see cref="MediaLimits"/> allows.</summary>
public sealed class MediaLimitException : InvalidMediaException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    public MediaLimitException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public MediaLimitException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
