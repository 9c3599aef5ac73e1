namespace FaceVoice.Index;

/// <summary>A point breaks a rule; nothing of the call it came with was kept.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class InvalidPointException(string message, Exception? innerException = null) : IndexException(message, innerException);
