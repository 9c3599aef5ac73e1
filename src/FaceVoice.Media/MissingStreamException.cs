namespace FaceVoice.Media;

/// <summary>The file is sound media, but has no picture where one is needed, or no sound where sound is needed.</summary>
public sealed class MissingStreamException : InvalidMediaException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    public MissingStreamException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public MissingStreamException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
