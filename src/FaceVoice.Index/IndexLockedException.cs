namespace FaceVoice.Index;

/// <summary>Another process (or another store in this one) has the index open.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexLockedException(string message, Exception? innerException = null) : IndexException(message, innerException);
