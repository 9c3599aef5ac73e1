using FaceVoice.Cli.Commands.Embed;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Wire;
using Google.Protobuf;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>Lets a server embed a picture file.</summary>
internal sealed class RemoteFaceEmbedder(ServerConnection server, EmbeddingSpace space) : IFileEmbedder
{
    public async Task<EmbeddedFile> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var media = UnsafeByteOperations.UnsafeWrap(await MediaFile.ReadAsync(path, cancellationToken));
        var request = new EmbedFaceRequest { Face = new FaceImage { Data = media }, Spaces = { SpaceNames.ToWire(space) } };
        var answer = await server.CallAsync(options => server.Embedding.EmbedFaceAsync(request, options), cancellationToken);
        var embedding = WireMeasures.Embedding(answer.Embeddings[0], space);
        var report = answer.Report;
        var line = new FaceLine(
            path, space, answer.ModelId, embedding.Vector.ToArray(), report.FacesFound, WireMeasures.Box(report), WireMeasures.Face(report));
        return new(embedding, line, report.Warnings);
    }
}

/// <summary>Lets a server embed an audio file, or the audio of a video.</summary>
internal sealed class RemoteVoiceEmbedder(ServerConnection server, EmbeddingSpace space) : IFileEmbedder
{
    public async Task<EmbeddedFile> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var media = UnsafeByteOperations.UnsafeWrap(await MediaFile.ReadAsync(path, cancellationToken));
        var request = new EmbedVoiceRequest { Voice = new VoiceAudio { Data = media }, Spaces = { SpaceNames.ToWire(space) } };
        var answer = await server.CallAsync(options => server.Embedding.EmbedVoiceAsync(request, options), cancellationToken);
        var embedding = WireMeasures.Embedding(answer.Embeddings[0], space);
        var windows = answer.Report.Windows.Select(w => new VoiceLineWindow(w.StartSeconds, w.Seconds, w.SpeechShare)).ToArray();
        var line = new VoiceLine(path, space, answer.ModelId, embedding.Vector.ToArray(), windows, WireMeasures.Voice(answer.Report));
        return new(embedding, line, answer.Report.Warnings);
    }
}
