using FaceVoice.Inference;
using FaceVoice.Inference.Voices;
using FaceVoice.Inference.Faces;
using FaceVoice.Media;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary>Embeds one file, of either medium.</summary>
internal interface IFileEmbedder
{
    /// <summary>Embeds it.</summary>
    /// <param name="path">The file; <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<EmbeddedFile> EmbedAsync(string path, CancellationToken cancellationToken);
}

/// <summary>What was made of one file.</summary>
/// <param name="Embedding">The vector.</param>
/// <param name="Description">The JSON object that describes it, with everything measured beside it.</param>
/// <param name="Warnings">What is doubtful in the file, a sentence each.</param>
internal sealed record EmbeddedFile(Embedding Embedding, object Description, IReadOnlyList<string> Warnings);

/// <summary>Embeds an image.</summary>
internal sealed class FaceFileEmbedder(FaceVoiceEngine engine, EmbeddingSpace space, bool aligned) : IFileEmbedder
{
    private readonly ImageDecoder _decoder = new(new MediaLimits());

    public async Task<EmbeddedFile> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var media = await MediaFile.ReadAsync(path, cancellationToken);
        var face = aligned ? EmbedAligned(media) : await engine.Faces.EmbedAsync(media, [space], cancellationToken);
        var embedding = face.In(space);
        var line = new FaceLine(path, space, face.ModelId, embedding.Vector.ToArray(), face.FaceCount, face.Detected?.Box, face.Quality)
        {
            TurnDegrees = face.TurnDegrees == 0 ? null : face.TurnDegrees,
        };
        return new(embedding, line, face.Lacking);
    }

    private FaceEmbedding EmbedAligned(byte[] media)
    {
        using var image = _decoder.Decode(media);
        return engine.Faces.EmbedAligned(image);
    }
}

/// <summary>Embeds a recording, or the audio of a video.</summary>
internal sealed class VoiceFileEmbedder(FaceVoiceEngine engine, EmbeddingSpace space, bool whole, AudioDecoderOptions audio) : IFileEmbedder
{
    private readonly AudioDecoder _decoder = new(new MediaLimits(), audio);

    public async Task<EmbeddedFile> EmbedAsync(string path, CancellationToken cancellationToken)
    {
        var voice = (path == MediaFile.Standard, whole) switch
        {
            (true, false) => await engine.Voices.EmbedAsync(await MediaFile.ReadAsync(path, cancellationToken), cancellationToken),
            (false, false) => await engine.Voices.EmbedFileAsync(path, cancellationToken),
            _ => await EmbedWholeAsync(path, cancellationToken),
        };
        var embedding = voice.In(space);
        var windows = voice.Windows.Select(window => new VoiceLineWindow(window.StartSeconds, window.Seconds, window.SpeechShare)).ToArray();
        var line = new VoiceLine(path, space, voice.ModelId, embedding.Vector.ToArray(), windows, voice.Quality);
        return new(embedding, line, [.. voice.Lacking.Union(voice.Warnings)]);
    }

    private async Task<VoiceEmbedding> EmbedWholeAsync(string path, CancellationToken cancellationToken)
    {
        var clip = path == MediaFile.Standard
            ? await _decoder.DecodeAsync(await MediaFile.ReadAsync(path, cancellationToken), cancellationToken)
            : await _decoder.DecodeFileAsync(path, cancellationToken);
        return (await engine.Voices.EmbedWindowAsync(clip.Samples, cancellationToken)) with { Warnings = clip.Warnings };
    }
}
