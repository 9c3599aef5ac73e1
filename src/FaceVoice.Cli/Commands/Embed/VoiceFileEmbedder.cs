using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>Embeds a sound file, or the sound of a video.</summary>
internal sealed class VoiceFileEmbedder(FaceVoiceEngine engine, EmbeddingSpace space, bool whole) : IFileEmbedder
{
    private readonly AudioDecoder _decoder = new(new MediaLimits());

    public async Task<(Embedding Embedding, object Description)> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var clip = await _decoder.DecodeFileAsync(path, cancellationToken);
        var voice = whole
            ? await engine.Voices.EmbedWindowAsync(clip.Samples, cancellationToken)
            : await engine.Voices.EmbedAsync(clip, cancellationToken);
        var embedding = voice.In(space);
        var windows = voice.Windows.Select(window => new VoiceLineWindow(window.StartSeconds, window.Seconds, window.SpeechShare)).ToArray();
        return (embedding, new VoiceLine(path, space, voice.ModelId, embedding.Vector.ToArray(), windows, voice.Quality));
    }
}
