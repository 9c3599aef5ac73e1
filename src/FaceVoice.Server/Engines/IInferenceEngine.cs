using FaceVoice.Models;

namespace FaceVoice.Server.Engines;

/// <summary>What the wire methods ask of the pipeline. Thread-safe.</summary>
internal interface IInferenceEngine : IAsyncDisposable
{
    ModelManifest Manifest { get; }

    /// <summary>Until what is returned is disposed, calls are a rehearsal: nothing is counted, and nothing kept.</summary>
    IDisposable BeginRehearsal();

    /// <summary>How many numbers an embedding of a space has; null where the engine does not reach the space.</summary>
    int? DimensionOf(EmbeddingSpace space);

    /// <summary>Embeds the largest face of a picture, in every space that the model has for faces.</summary>
    Task<SampleResult> EmbedFaceAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken);

    /// <summary>Embeds a recording, in every space that the model has for voices.</summary>
    Task<SampleResult> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken);

    /// <summary>Embeds one window of live sound; without vectors where it holds too little speech.</summary>
    /// <param name="samples">Mono, 16 kHz, -1 to 1.</param>
    /// <param name="cancellationToken">Drops the work.</param>
    Task<SampleResult> EmbedWindowAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken);

    /// <summary>Compares faces of one person with voices of one speaker; samples that came as embeddings have no quality.</summary>
    MatchScore Match(IReadOnlyList<SampleResult> faces, IReadOnlyList<SampleResult> voices);
}
