using FaceVoice.Inference.Voices;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>What <c>facevoice embed voice</c> writes of a file.</summary>
internal sealed record VoiceLine(string File, EmbeddingSpace Space, string ModelId, float[] Embedding, VoiceLineWindow[] Windows, VoiceQuality? Quality);
