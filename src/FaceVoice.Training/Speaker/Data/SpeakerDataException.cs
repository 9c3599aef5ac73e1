namespace FaceVoice.Training.Speaker.Data;

/// <summary>The speech data do not allow what was asked for; the message says what was found and what is needed.</summary>
/// <param name="message">What was found and what is needed.</param>
public sealed class SpeakerDataException(string message) : Exception(message);
