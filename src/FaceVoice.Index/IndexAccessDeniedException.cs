namespace FaceVoice.Index;

/// <summary>The key is missing, wrong, or not allowed to do this.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexAccessDeniedException(string message, Exception? innerException = null) : IndexException(message, innerException);
