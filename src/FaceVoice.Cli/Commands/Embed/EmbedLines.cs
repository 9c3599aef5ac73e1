using System.Text.Json.Serialization;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>What <c>facevoice embed face</c> writes of a file.</summary>
internal sealed record FaceLine(
    string File, EmbeddingSpace Space, string ModelId, float[] Embedding, int Faces, BoundingBox? Box, FaceQuality? Quality)
{
    /// <summary>
    /// Gets by how much the image was turned clockwise for the face to be upright; null if it came upright, or a server does not say.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TurnDegrees { get; init; }
}

/// <summary>What <c>facevoice embed voice</c> writes of a file.</summary>
internal sealed record VoiceLine(
    string File, EmbeddingSpace Space, string ModelId, float[] Embedding, VoiceLineWindow[] Windows, VoiceQuality? Quality);

/// <summary>A stretch of a recording that was encoded.</summary>
internal sealed record VoiceLineWindow(double StartS, double Seconds, float SpeechShare);
