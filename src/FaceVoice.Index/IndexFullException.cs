namespace FaceVoice.Index;

/// <summary>There is no room for the write: a full disk, a file size limit or a server's quota. Reads go on.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexFullException(string message, Exception? innerException = null) : IndexException(message, innerException);
