namespace FaceVoice.Media;

/// <summary>The media is of a kind that is read here, but damaged, cut off or empty.</summary>
public sealed class CorruptMediaException : InvalidMediaException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    public CorruptMediaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public CorruptMediaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
