namespace FaceVoice.Index.Qdrant;

/// <summary>The server already has what was to be made; never leaves this folder.</summary>
internal sealed class QdrantConflictException(string message) : IndexException(message);
