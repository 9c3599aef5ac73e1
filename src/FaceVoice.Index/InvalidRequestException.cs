namespace FaceVoice.Index;

/// <summary>A search, filter or page request makes no sense for this store.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class InvalidRequestException(string message, Exception? innerException = null) : IndexException(message, innerException);
