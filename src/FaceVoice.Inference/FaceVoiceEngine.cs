using FaceVoice.Inference.Caching;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Metering;
using FaceVoice.Inference.Scheduling;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference;

/// <summary>
/// All stages from media to embeddings and matches, with one session per network, shared by all callers. Thread-safe. Serving, the command line and
/// training use this same code, so a model learns on exactly what is served.
/// </summary>
/// <remarks>
/// Every piece of media is encoded by itself: its embedding is the same, bit for bit, whatever else runs beside it. Batches were measured and left out:
/// the packaged face encoder takes one face at a time, and four clips in one run give the starter's speaker encoder 23 % more on two cores, which is
/// 5 % of a recording's way, because finding speech takes three times as long as encoding it (<c>tests/FaceVoice.LoadTests/README.md</c>). Metrics are published under the
/// meter <see cref="MeterName"/>.
/// </remarks>
public sealed class FaceVoiceEngine : IDisposable
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that the engine's metrics are published under.</summary>
    public const string MeterName = "FaceVoice.Inference";

    private readonly List<IDisposable> _owned = [];
    private readonly List<StageQueue> _queues = [];
    private readonly EmbeddingCache _cache;
    private readonly WorkerThreads? _threads;
    private volatile bool _isWarm;

    private FaceVoiceEngine(ModelBundle? bundle, FaceVoiceEngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueCapacity, 1, nameof(options));
        Options = options;
        Manifest = bundle?.Manifest;
        Meter = Own(new PipelineMeter());
        _cache = new EmbeddingCache(options.CacheBytes);
        Meter.Observe(_cache);
        try
        {
            var encoder = Own(new FaceEncoder(EncoderLoading.FaceOptions(bundle, options)));
            EncoderLoading.RequireSameEncoder(bundle, encoder);
            ModelId = bundle?.ModelId ?? ContentHash.OfNamed([new("encoder:face", encoder.ModelSha256)]);
            Evidence = new EvidenceGate(options.Evidence);

            _threads = new WorkerThreads(options.Workers);
            var compute = Own(new SemaphoreSlim(options.Workers));
            var heads = Manifest?.Heads;
            var faceHead = heads is null ? null : Own(new ProjectionHead(bundle!.FaceHeadPath, heads.Face));
            Faces = new FaceEmbedder(new FaceStages(Own(new FaceAnalyzer(options.Faces)), encoder, faceHead), this, Queue("face", compute));

            if (Manifest?.Encoders.Speaker is { } speaker)
            {
                var voiceHead = heads is null ? null : Own(new ProjectionHead(bundle!.VoiceHeadPath, heads.Voice));
                var stages = new VoiceStages(
                    Own(new VoiceActivityDetector(options.Activity)),
                    new VoiceWindowSelector(options.Windows),
                    Own(new SpeakerEncoder(bundle!.SpeakerEncoderPath, speaker.Dimension)),
                    voiceHead,
                    Math.Max(SpeakerEncoder.MinSamples, speaker.Preprocessing.MinSamples));
                var decoding = Queue("decode", Own(new SemaphoreSlim(options.Workers)));
                VoicesOrNull = new VoiceEmbedder(stages, this, decoding, Queue("voice", compute));
            }

            Matcher = new Matcher(this);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the id of the model; stands beside every embedding, index and answer.</summary>
    public string ModelId { get; }

    /// <summary>Gets what the bundle says of itself; null where the engine has the packaged face encoder alone.</summary>
    public ModelManifest? Manifest { get; }

    /// <summary>Gets the stage from pictures to embeddings.</summary>
    public FaceEmbedder Faces { get; }

    /// <summary>Gets the stage from recordings to embeddings.</summary>
    /// <exception cref="SpaceUnavailableException">The model has no speaker encoder.</exception>
    public VoiceEmbedder Voices => VoicesOrNull ?? throw new SpaceUnavailableException(EmbeddingSpace.Speaker, "the model has no speaker encoder");

    /// <summary>Gets whether the model has a speaker encoder.</summary>
    public bool HasVoices => VoicesOrNull is not null;

    /// <summary>Gets whether the model has projection heads, so that faces and voices can be compared.</summary>
    public bool HasJointSpace => Manifest?.Heads is not null;

    /// <summary>Gets the stage from embeddings to scores.</summary>
    public Matcher Matcher { get; }

    /// <summary>Gets what is held against the quality of media.</summary>
    public EvidenceGate Evidence { get; }

    /// <summary>Gets whether every network has run once since the start.</summary>
    public bool IsWarm => _isWarm;

    /// <summary>Gets whether no work waits or runs. Work whose caller has left ends soon, not at once: ask this before <see cref="Dispose"/>.</summary>
    public bool IsIdle => _queues.TrueForAll(queue => queue.Length == 0);

    /// <summary>Gets how many embeddings were answered from the cache.</summary>
    public long CacheHits => _cache.Hits;

    /// <summary>Gets how many embeddings were looked for in the cache and had to be computed.</summary>
    public long CacheMisses => _cache.Misses;

    internal FaceVoiceEngineOptions Options { get; }

    internal PipelineMeter Meter { get; }

    internal EmbeddingCache Cache => _cache;

    internal VoiceEmbedder? VoicesOrNull { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="OnnxModelException">A network is missing or does not fit what the manifest says of it.</exception>
    /// <exception cref="ModelMismatchException">The face encoder is another one than the model was trained with.</exception>
    public static FaceVoiceEngine Open(ModelBundle bundle, FaceVoiceEngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return new FaceVoiceEngine(bundle, options ?? new FaceVoiceEngineOptions());
    }

    /// <summary>Loads the packaged face encoder alone: faces in the face space, no voices, no joint space.</summary>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="OnnxModelException">A network is missing.</exception>
    public static FaceVoiceEngine OpenFaceOnly(FaceVoiceEngineOptions? options = null) => new(null, options ?? new FaceVoiceEngineOptions());

    /// <summary>Runs every network once, so that the first request is as fast as the hundredth. May be called again.</summary>
    /// <param name="cancellationToken">Stops between networks.</param>
    public void WarmUp(CancellationToken cancellationToken = default)
    {
        Faces.Stages.WarmUp();
        cancellationToken.ThrowIfCancellationRequested();
        VoicesOrNull?.Stages.WarmUp();
        using var aligned = RgbImage.Allocate(FaceAligner.Size, FaceAligner.Size);
        aligned.Pixels.Clear();
        Faces.EmbedAligned(aligned);
        VoicesOrNull?.EmbedWindow(VoiceStages.Hum());
        _isWarm = true;
    }

    /// <summary>
    /// Begins a rehearsal: until what is returned is disposed, nothing is counted, and then the cache forgets all that it holds. For calls that a
    /// server makes to itself before it takes those of others.
    /// </summary>
    public IDisposable BeginRehearsal() => new EngineRehearsal(this);

    /// <summary>Frees the networks. No work may be under way; see <see cref="IsIdle"/>.</summary>
    public void Dispose()
    {
        if (_owned.Count > 0)
        {
            _threads?.Dispose(); // first: they may still use what is freed below
        }

        for (var i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        _owned.Clear();
    }

    private StageQueue Queue(string name, SemaphoreSlim gate)
    {
        var queue = new StageQueue(name, Options.QueueCapacity, gate, Options.Workers, _threads!, Options.Time, Meter);
        Meter.Observe(queue);
        _queues.Add(queue);
        return queue;
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
