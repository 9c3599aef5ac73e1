namespace FaceVoice.Index;

/// <summary>A flush failed, so what the disk holds is uncertain: the store only reads until it is opened again.</summary>
/// <param name="message">What was found and what is needed.</param>
/// <param name="innerException">The error behind it, if any.</param>
public sealed class IndexReadOnlyException(string message, Exception? innerException = null) : IndexException(message, innerException);
