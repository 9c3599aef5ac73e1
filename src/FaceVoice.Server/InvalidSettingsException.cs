namespace FaceVoice.Server;

/// <summary>Settings that cannot be used; the message names each one, what it is and what it may be.</summary>
public sealed class InvalidSettingsException : Exception
{
    /// <summary>Makes the exception.</summary>
    public InvalidSettingsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public InvalidSettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
