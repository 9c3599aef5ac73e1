using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>Embeds one file, of either medium.</summary>
internal interface IFileEmbedder
{
    /// <summary>The vector, and the JSON object that describes it with everything measured beside it.</summary>
    Task<(Embedding Embedding, object Description)> EmbedAsync(string path, CancellationToken cancellationToken);
}
