using FaceVoice.Cli.Commands.Embed;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using Google.Protobuf;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>Lets a server embed a picture file.</summary>
internal sealed class RemoteFaceEmbedder(ServerConnection server, EmbeddingSpace space) : IFileEmbedder
{
    public async Task<(FaceVoice.Models.Embedding Embedding, object Description)> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var media = UnsafeByteOperations.UnsafeWrap(await MediaFile.ReadAsync(path, cancellationToken));
        var request = new EmbedFaceRequest { Face = new FaceImage { Data = media }, Spaces = { WireMeasures.ToWire(space) } };
        var answer = await server.CallAsync(options => server.Embedding.EmbedFaceAsync(request, options), cancellationToken);
        var embedding = WireMeasures.Embedding(answer.Embeddings[0], space);
        var line = new FaceLine(path, space, answer.ModelId, embedding.Vector.ToArray(), answer.Report.FacesFound, WireMeasures.Box(answer.Report), WireMeasures.Face(answer.Report));
        return (embedding, line);
    }
}
