namespace FaceVoice.Index;

/// <summary>The server behind the store cannot be reached, is not ready, or did not answer in time; trying later may help.</summary>
public sealed class IndexUnavailableException : IndexException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, and with which server.</param>
    /// <param name="retryAfter">How long the server asks to wait; null where it does not say.</param>
    /// <param name="innerException">The error behind it, if any.</param>
    public IndexUnavailableException(string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException) => RetryAfter = retryAfter;

    /// <summary>Gets how long the server asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
