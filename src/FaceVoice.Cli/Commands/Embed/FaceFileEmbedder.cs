using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Media;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>Embeds a picture file.</summary>
internal sealed class FaceFileEmbedder(FaceVoiceEngine engine, EmbeddingSpace space, bool aligned) : IFileEmbedder
{
    private readonly ImageDecoder _decoder = new(new MediaLimits());

    public async Task<(Embedding Embedding, object Description)> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var media = await MediaFile.ReadAsync(path, cancellationToken);
        var face = aligned ? EmbedAligned(media) : await engine.Faces.EmbedAsync(media, cancellationToken);
        var embedding = face.In(space);
        return (embedding, new FaceLine(path, space, face.ModelId, embedding.Vector.ToArray(), face.FaceCount, face.Detected?.Box, face.Quality));
    }

    private FaceEmbedding EmbedAligned(byte[] media)
    {
        using var image = _decoder.Decode(media);
        return engine.Faces.EmbedAligned(image);
    }
}
