namespace FaceVoice.Torch;

/// <summary>Training is not possible on this machine: the shim was not built, or LibTorch cannot be loaded. The message says which, and what to do.</summary>
public sealed class TorchUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and how to get it.</param>
    /// <param name="innerException">The loader's own error, if it came to that.</param>
    public TorchUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
