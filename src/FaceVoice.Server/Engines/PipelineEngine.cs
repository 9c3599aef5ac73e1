using FaceVoice.Inference;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;

namespace FaceVoice.Server.Engines;

/// <summary>The pipeline, in the terms of the wire methods. Owns the engine.</summary>
internal sealed class PipelineEngine(FaceVoiceEngine engine) : IInferenceEngine
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    public ModelManifest Manifest { get; } = engine.Manifest ?? throw new ArgumentException("Serving needs a model bundle.", nameof(engine));

    /// <summary>Loads a bundle and runs every network once.</summary>
    public static PipelineEngine Load(string directory, ServiceSettings settings, CancellationToken cancellationToken)
    {
        var engine = FaceVoiceEngine.Open(ModelBundle.Open(directory), Options(settings));
        try
        {
            engine.WarmUp(cancellationToken);
            return new PipelineEngine(engine);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public IDisposable BeginRehearsal() => engine.BeginWarmUp();

    /// <summary>A model without heads says nothing of faces, but the face encoder travels with the program.</summary>
    public int? DimensionOf(EmbeddingSpace space) => Manifest.Dimensions.Of(space) ?? (space == EmbeddingSpace.Face ? engine.Faces.FaceDimension : null);

    public async Task<SampleResult> EmbedFaceAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        var face = await engine.Faces.EmbedAsync(image, cancellationToken);
        return new SampleResult
        {
            Vectors = Vectors(face.Joint, face.Face),
            Face = face.Quality,
            Box = face.Detected?.Box,
            FacesFound = face.FaceCount,
            IsCached = face.FromCache,
            Warnings = face.Lacking,
            Timings = Timings(face.Timings, face.FromCache),
        };
    }

    public async Task<SampleResult> EmbedVoiceAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken) =>
        Result(await engine.Voices.EmbedAsync(media, cancellationToken));

    public async Task<SampleResult> EmbedWindowAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken)
    {
        try
        {
            return Result(await engine.Voices.EmbedAsync(new AudioClip(samples, null), cancellationToken));
        }
        catch (NoSpeechException e)
        {
            var quality = new VoiceQuality
            {
                Seconds = (double)samples.Length / AudioClip.SampleRate,
                SpeechSeconds = e.SpeechSeconds,
                SignalToNoiseDb = 0,
                ClippingShare = 0,
                BandwidthHz = 0,
            };
            return new SampleResult { Vectors = new Dictionary<EmbeddingSpace, ReadOnlyMemory<float>>(), Voice = quality };
        }
    }

    public MatchScore Match(IReadOnlyList<SampleResult> faces, IReadOnlyList<SampleResult> voices)
    {
        var score = engine.Matcher.Score(Pool(faces), Pool(voices));
        var reasons = Best(faces.Select(f => f.Warnings)).Concat(Best(voices.Select(v => v.Warnings)));
        return new MatchScore(score, engine.Matcher.Probability(score), [.. reasons]);
    }

    /// <summary>Frees the networks once the work of callers who left has ended; work that does not end keeps them until the process is gone.</summary>
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

    /// <summary>One good picture or recording of a side is enough.</summary>
    private static IReadOnlyList<string> Best(IEnumerable<IReadOnlyList<string>> lacking) => lacking.MinBy(reasons => reasons.Count) ?? [];

    private static Dictionary<EmbeddingSpace, ReadOnlyMemory<float>> Vectors(params ReadOnlySpan<Embedding?> embeddings)
    {
        var vectors = new Dictionary<EmbeddingSpace, ReadOnlyMemory<float>>();
        foreach (var embedding in embeddings)
        {
            if (embedding is not null)
            {
                vectors[embedding.Space] = embedding.Vector;
            }
        }

        return vectors;
    }

    private static IReadOnlyList<StageTime> Timings(IReadOnlyList<StageTiming> timings, bool isCached) =>
        isCached ? [] : [.. timings.Select(t => new StageTime(t.Stage, t.Elapsed.TotalMilliseconds))];

    private static SampleResult Result(VoiceEmbedding voice) => new()
    {
        Vectors = Vectors(voice.Joint, voice.Speaker),
        Voice = voice.Quality,
        Windows = voice.Windows,
        IsCached = voice.FromCache,
        Warnings = voice.Lacking,
        Timings = Timings(voice.Timings, voice.FromCache),
    };

    private Embedding Pool(IReadOnlyList<SampleResult> samples) => engine.Matcher.Pool([.. samples.Select(s => new Embedding(
        engine.ModelId,
        EmbeddingSpace.Joint,
        s.Vectors.TryGetValue(EmbeddingSpace.Joint, out var vector) ? vector : throw new SpaceMissingException("A sample has no embedding in the joint space, which a match needs.")))]);
}
