using FaceVoice.Cli.Commands.Embed;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using Google.Protobuf;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>Lets a server embed a sound file, or the sound of a video.</summary>
internal sealed class RemoteVoiceEmbedder(ServerConnection server, EmbeddingSpace space) : IFileEmbedder
{
    public async Task<(FaceVoice.Models.Embedding Embedding, object Description)> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var media = UnsafeByteOperations.UnsafeWrap(await MediaFile.ReadAsync(path, cancellationToken));
        var request = new EmbedVoiceRequest { Voice = new VoiceAudio { Data = media }, Spaces = { WireMeasures.ToWire(space) } };
        var answer = await server.CallAsync(options => server.Embedding.EmbedVoiceAsync(request, options), cancellationToken);
        var embedding = WireMeasures.Embedding(answer.Embeddings[0], space);
        var windows = answer.Report.Windows.Select(w => new VoiceLineWindow(w.StartSeconds, w.Seconds, w.SpeechShare)).ToArray();
        return (embedding, new VoiceLine(path, space, answer.ModelId, embedding.Vector.ToArray(), windows, WireMeasures.Voice(answer.Report)));
    }
}
