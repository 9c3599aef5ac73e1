namespace FaceVoice.Index;

/// <summary>An error of a vector store that its caller can act on. The message says what was found and what is needed, and never holds vectors.</summary>
public abstract class IndexException : Exception
{
    private protected IndexException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>There is no index at that place; make one first.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexNotFoundException(string message, Exception? innerException = null) : IndexException(message, innerException);

/// <summary>A store holds the vectors of another model, or vectors of other sizes, than the caller works with.</summary>
/// <param name="expected">What the caller works with.</param>
/// <param name="found">What the store was made with.</param>
public sealed class SchemaMismatchException(IndexSchema expected, IndexSchema found)
    : IndexException($"The index was made with {found}; the caller works with {expected}. Vectors of different models cannot be compared: use that model, or make a new index.")
{
    /// <summary>Gets what the caller works with.</summary>
    public IndexSchema Expected { get; } = expected;

    /// <summary>Gets what the store was made with.</summary>
    public IndexSchema Found { get; } = found;
}

/// <summary>Another process (or another store in this one) has the index open.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexLockedException(string message, Exception? innerException = null) : IndexException(message, innerException);

/// <summary>A file of the index is damaged. Nothing that cannot be trusted is ever answered from.</summary>
public sealed class IndexCorruptException : IndexException
{
    /// <summary>Makes the error.</summary>
    /// <param name="file">The damaged file.</param>
    /// <param name="offset">Where in it the damage begins, in bytes; -1 where that is not known.</param>
    /// <param name="what">What is wrong there.</param>
    /// <param name="innerException">The error behind it, if any.</param>
    public IndexCorruptException(string file, long offset, string what, Exception? innerException = null)
        : base(offset < 0 ? $"{file}: {what}" : $"{file}, byte {offset}: {what}", innerException) => (File, Offset) = (file, offset);

    /// <summary>Gets the damaged file.</summary>
    public string File { get; }

    /// <summary>Gets where in the file the damage begins, in bytes; -1 where that is not known.</summary>
    public long Offset { get; }
}

/// <summary>The key is missing, wrong, or not allowed to do this.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexAccessDeniedException(string message, Exception? innerException = null) : IndexException(message, innerException);

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

/// <summary>There is no room for the write: a full disk, a file size limit or a server's quota. Reads go on.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexFullException(string message, Exception? innerException = null) : IndexException(message, innerException);

/// <summary>A flush failed, so what the disk holds is uncertain: the store only reads until it is opened again.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexReadOnlyException(string message, Exception? innerException = null) : IndexException(message, innerException);

/// <summary>A point breaks a rule; nothing of the call it came with was kept.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class InvalidPointException(string message, Exception? innerException = null) : IndexException(message, innerException);

/// <summary>Another point has the id of one that was to be added once.</summary>
/// <param name="id">The id.</param>
public sealed class PointExistsException(string id) : IndexException($"There is another point of the id '{id}' already.")
{
    /// <summary>Gets the id.</summary>
    public string Id { get; } = id;
}

/// <summary>A search, filter or page request makes no sense for this store.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class InvalidRequestException(string message, Exception? innerException = null) : IndexException(message, innerException);
