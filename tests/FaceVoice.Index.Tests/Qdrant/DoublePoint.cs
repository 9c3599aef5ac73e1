using System.Text.Json.Nodes;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>A point of the double.</summary>
internal sealed record DoublePoint(DoubleId Id, Dictionary<string, float[]> Vectors, JsonObject Payload);
