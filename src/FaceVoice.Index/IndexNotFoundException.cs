namespace FaceVoice.Index;

/// <summary>There is no index at that place; make one first.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexNotFoundException(string message, Exception? innerException = null) : IndexException(message, innerException);
