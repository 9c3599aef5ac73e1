namespace FaceVoice.Inference;

/// <summary>The media can be read, but there is nothing in it to make an embedding of. The message says what was found and what is needed.</summary>
public abstract class UnusableMediaException : Exception
{
    private protected UnusableMediaException(string message)
        : base(message)
    {
    }
}
