namespace FaceVoice.Media;

/// <summary>The native image library (libvips) is not installed or does not load; the message says where it was looked for and how to get it.</summary>
public sealed class ImageLibraryUnavailableException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Where it was looked for and how to get it.</param>
    public ImageLibraryUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error, keeping its cause.</summary>
    /// <param name="message">Where it was looked for and how to get it.</param>
    /// <param name="innerException">The cause.</param>
    public ImageLibraryUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
