namespace FaceVoice.Server.Engines;

/// <summary>A sample that came as an embedding does not reach the space that the call needs.</summary>
internal sealed class SpaceMissingException(string message) : Exception(message);
