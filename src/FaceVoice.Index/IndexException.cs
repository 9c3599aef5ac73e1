namespace FaceVoice.Index;

/// <summary>An error of a vector store that its caller can act on. The message says what was found and what is needed, and never holds vectors.</summary>
public abstract class IndexException : Exception
{
    private protected IndexException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
