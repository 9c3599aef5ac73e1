using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;

namespace FaceVoice.Server.Engines;

/// <summary>
/// What the services ask of <see cref="FaceVoiceEngine"/>, in its own types. A seam: the engine of the tests blocks, fails and finds its
/// queue full when they say
/// so. Thread-safe.
/// </summary>
internal interface IServedEngine : IAsyncDisposable
{
    ModelManifest Manifest { get; }

    /// <summary>Until what is returned is disposed, nothing is counted, and then the cache forgets all that it holds.</summary>
    IDisposable BeginWarmUp();

    /// <summary>How many values an embedding of a space has; null if the model does not reach the space.</summary>
    int? DimensionOf(EmbeddingSpace space);

    /// <summary>What media would be refused with before they are read; null if there is room for them.</summary>
    OverloadedException? RefuseIfFull();

    /// <summary>A network that none of the spaces needs is not run.</summary>
    Task<FaceEmbedding> EmbedFaceAsync(
        ReadOnlyMemory<byte> image, IReadOnlyCollection<EmbeddingSpace> spaces, CancellationToken cancellationToken);

    Task<VoiceEmbedding> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken);

    /// <exception cref="NoSpeechException">There is too little speech.</exception>
    Task<VoiceEmbedding> EmbedVoiceAsync(AudioClip clip, CancellationToken cancellationToken);

    /// <exception cref="SpaceUnavailableException">One has no embedding in the joint space.</exception>
    MatchResult Match(IReadOnlyList<MediaEmbedding> faces, IReadOnlyList<MediaEmbedding> voices);
}

/// <summary>The engine with the settings of a server. Owns it.</summary>
internal sealed class ServedEngine(FaceVoiceEngine engine) : IServedEngine
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    public ModelManifest Manifest { get; } = engine.Manifest ?? throw new ArgumentException("Serving needs a model bundle.", nameof(engine));

    /// <summary>Loads a bundle and runs every network.</summary>
    public static ServedEngine Load(string directory, ServiceSettings settings, CancellationToken cancellationToken)
    {
        var engine = FaceVoiceEngine.Open(ModelBundle.Open(directory), Options(settings));
        try
        {
            engine.WarmUp(cancellationToken);
            return new ServedEngine(engine);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public IDisposable BeginWarmUp() => engine.BeginWarmUp();

    /// <summary>A model without heads says nothing of faces, but the face encoder travels with the program.</summary>
    public int? DimensionOf(EmbeddingSpace space) => Manifest.Dimensions.Of(space) ?? (space == EmbeddingSpace.Face ? engine.Faces.FaceDimension : null);

    public OverloadedException? RefuseIfFull() => engine.RefuseIfFull();

    public Task<FaceEmbedding> EmbedFaceAsync(
        ReadOnlyMemory<byte> image, IReadOnlyCollection<EmbeddingSpace> spaces, CancellationToken cancellationToken) =>
        engine.Faces.EmbedAsync(image, spaces, cancellationToken);

    public Task<VoiceEmbedding> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken) => engine.Voices.EmbedAsync(media, cancellationToken);

    public Task<VoiceEmbedding> EmbedVoiceAsync(AudioClip clip, CancellationToken cancellationToken) => engine.Voices.EmbedAsync(clip, cancellationToken);

    public MatchResult Match(IReadOnlyList<MediaEmbedding> faces, IReadOnlyList<MediaEmbedding> voices) => engine.Matcher.Match(faces, voices);

    /// <summary>
    /// Frees the networks once the work of callers who left has ended; work that does not end keeps them until the process is gone.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        for (var waited = TimeSpan.Zero; !engine.IsIdle && waited < LongestRun; waited += LookAgain)
        {
            await Task.Delay(LookAgain);
        }

        if (engine.IsIdle)
        {
            engine.Dispose();
        }
    }

    private static FaceVoiceEngineOptions Options(ServiceSettings settings) => new()
    {
        Media = new MediaLimits
        {
            MaxBytes = Math.Max(settings.Limits.MaxImageBytes, settings.Limits.MaxAudioBytes),
            MaxPixels = settings.Limits.MaxImagePixels,
            MaxSeconds = settings.Limits.MaxAudioSeconds,
            MaxClipSeconds = settings.Limits.MaxAudioSeconds,
            FfmpegWallSeconds = Math.Max(1, settings.Limits.MaxCallSeconds),
            FfmpegCpuSeconds = (int)Math.Max(1, Math.Ceiling(settings.Limits.MaxCallSeconds)),
        },
        Device = settings.Work.Device,
        Workers = settings.Work.Workers > 0 ? settings.Work.Workers : Environment.ProcessorCount,
        QueueCapacity = settings.Work.QueueLength,
        CacheBytes = (long)settings.Work.CacheMegabytes << 20,
    };
}
