namespace FaceVoice.Media;

/// <summary>The media handed in cannot be used; the message says what was found and what is allowed. Safe to show to whoever sent it.</summary>
public class InvalidMediaException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    public InvalidMediaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public InvalidMediaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
