using FaceVoice.Inference.Faces;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>What <c>facevoice embed face</c> writes of a file.</summary>
internal sealed record FaceLine(string File, EmbeddingSpace Space, string ModelId, float[] Embedding, int Faces, BoundingBox? Box, FaceQuality? Quality);
