namespace FaceVoice.Models;

/// <summary>
/// A weight file, manifest or bundle is not what it has to be: damaged, hostile, of an unknown version, or with parts missing.
/// The message names the file or tensor and what was expected, and can be shown to a user.
/// </summary>
public class ModelFormatException : Exception
{
    /// <summary>Makes the exception with a message for the user.</summary>
    public ModelFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message for the user and the error behind it.</summary>
    public ModelFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
