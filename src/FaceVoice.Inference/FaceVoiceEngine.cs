using System.Runtime.ExceptionServices;
using FaceVoice.Inference.Caching;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Matching;
using FaceVoice.Inference.Scheduling;
using FaceVoice.Inference.Voices;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference;

/// <summary>
/// All stages from media to embeddings and matches, with one session per network, shared by all callers. Thread-safe. Serving, the command
/// line and training use this same code, so a model learns on exactly what is served.
/// </summary>
/// <remarks>
/// Every piece of media is encoded by itself: its embedding is the same, bit for bit, whatever else runs beside it. Batches were measured
/// and left out: the packaged face encoder takes one face at a time, and four clips in one run give the starter's speaker encoder 23 % more
/// on two cores, which is 5 % of a recording's way, because finding speech takes three times as long as encoding it
/// (<c>tests/FaceVoice.LoadTests/README.md</c>). Metrics are published under the meter <see cref="MeterName"/>.
/// </remarks>
public sealed class FaceVoiceEngine : IDisposable
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that the engine's metrics are published under.</summary>
    public const string MeterName = "FaceVoice.Inference";

    private readonly List<IDisposable> _owned = [];

    private FaceVoiceEngine(ModelBundle? bundle, FaceVoiceEngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueCapacity, 1, nameof(options));
        Options = options;
        Manifest = bundle?.Manifest;
        Metrics = Own(new EngineMetrics());
        Cache = new EmbeddingCache(options.CacheBytes, Metrics);
        Metrics.Observe(Cache);
        try
        {
            var heads = options.JointSpace ? Manifest?.Heads : null;
            Evidence = new EvidenceGate(options.Evidence);
            FaceEmbedder faces = null!;
            FaceEncoder encoder = null!;
            VoiceEmbedder? voices = null;
            InParallel(() => (faces, encoder) = OpenFaces(bundle, heads), () => voices = OpenVoices(bundle, heads));
            (Faces, VoicesOrNull, Device) = (faces, voices, encoder.Device);
            ModelId = bundle?.ModelId ?? ContentHash.OfNamed([new("encoder:face", encoder.ModelSha256)]);
            Matcher = new Matcher(this);

            // Last, so that it is freed first: its threads use the rest.
            Scheduler = Own(new Scheduler(options.Workers, options.QueueCapacity, options.Time, Metrics));
            Metrics.Observe(Scheduler);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the id of the model; stands beside every embedding, index and answer.</summary>
    public string ModelId { get; }

    /// <summary>Gets what the bundle says of itself; null if the engine has the packaged face encoder alone.</summary>
    public ModelManifest? Manifest { get; }

    /// <summary>Gets where the encoders run: never <see cref="ExecutionDevice.Auto"/>.</summary>
    public ExecutionDevice Device { get; }

    /// <summary>Gets the stage from images to embeddings.</summary>
    public FaceEmbedder Faces { get; }

    /// <summary>Gets the stage from recordings to embeddings.</summary>
    /// <exception cref="SpaceUnavailableException">The model has no speaker encoder.</exception>
    public VoiceEmbedder Voices =>
        VoicesOrNull ?? throw new SpaceUnavailableException(EmbeddingSpace.Speaker, "the model has no speaker encoder");

    /// <summary>Gets whether the model has a speaker encoder.</summary>
    public bool HasVoices => VoicesOrNull is not null;

    /// <summary>Gets whether the model has projection heads that were loaded, so that faces and voices can be compared.</summary>
    public bool HasJointSpace => Options.JointSpace && Manifest?.Heads is not null;

    /// <summary>Gets the stage from embeddings to scores.</summary>
    public Matcher Matcher { get; }

    /// <summary>Gets what the quality of media is compared with.</summary>
    public EvidenceGate Evidence { get; }

    /// <summary>
    /// Gets whether no work waits or runs. Work whose caller has left ends soon, not at once: ask this before <see cref="Dispose"/>.
    /// </summary>
    public bool IsIdle => Scheduler.Length == 0;

    /// <summary>Gets how many embeddings were answered from the cache.</summary>
    public long CacheHits => Cache.Hits;

    /// <summary>Gets how many embeddings had to be computed although there is a cache.</summary>
    public long CacheMisses => Cache.Misses;

    internal FaceVoiceEngineOptions Options { get; }

    internal EngineMetrics Metrics { get; }

    internal EmbeddingCache Cache { get; }

    internal Scheduler Scheduler { get; }

    internal VoiceEmbedder? VoicesOrNull { get; }

    /// <summary>
    /// What an <c>EmbedAsync</c> would be refused with, so that a server need not read media that it has no room for; counted as a refusal.
    /// Null if there is room, or if one medium in ten or more is answered from the cache, which needs no room: those have to be read.
    /// </summary>
    public OverloadedException? RefuseIfFull() => Cache.AnswersOften ? null : Scheduler.RefuseIfFull();

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
    public static FaceVoiceEngine OpenFaceOnly(FaceVoiceEngineOptions? options = null) =>
        new(null, options ?? new FaceVoiceEngineOptions());

    /// <summary>
    /// Runs every network once, and takes a drawn face and synthetic vowels every way that media go, so that the first request is as fast
    /// as the hundredth. Nothing of it is counted or kept. May be called again, but not beside other calls.
    /// </summary>
    /// <param name="cancellationToken">Stops between calls.</param>
    /// <exception cref="NonFiniteOutputException">A network gives something that is not a number.</exception>
    public void WarmUp(CancellationToken cancellationToken = default)
    {
        const int rounds = 2; // the second finds what the first left compiled, bound and pooled
        using var uncounted = BeginWarmUp();
        using var aligned = RgbImage.Allocate(FaceAligner.Size, FaceAligner.Size);
        aligned.Pixels.Clear();
        Faces.EmbedAligned(aligned);
        VoicesOrNull?.EmbedWindow(SyntheticVowels.Samples(0));
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                WarmUp(round, cancellationToken);
            }
        }
        catch (Exception error) when (error is UnusableMediaException or InvalidMediaException)
        {
            // Limits or options are so strict that even these media are refused; the networks have run all the same.
        }
    }

    /// <summary>
    /// Begins a warm-up: until what is returned is disposed, nothing is counted, and then the cache forgets all that it holds. For calls
    /// that a server makes to itself before it takes those of others.
    /// </summary>
    public IDisposable BeginWarmUp()
    {
        Metrics.IsSilent = true;
        return new WarmUpScope(this);
    }

    /// <summary>Frees the networks. No work may be under way; see <see cref="IsIdle"/>.</summary>
    public void Dispose()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        _owned.Clear();
    }

    private void WarmUp(int round, CancellationToken cancellationToken)
    {
        var face = Faces.EmbedAsync(DrawnFace.Jpeg(round), cancellationToken);
        var voice = VoicesOrNull?.EmbedAsync(SyntheticVowels.Wav(round), cancellationToken);
        if (voice is null)
        {
            face.GetAwaiter().GetResult();
            return;
        }

        Task.WhenAll(face, voice).GetAwaiter().GetResult();
        if (HasJointSpace)
        {
            Matcher.Match(face.Result, voice.Result);
        }
    }

    /// <summary>Does both at once: most of it is compiling our code and building sessions, of which each has a thread.</summary>
    private static void InParallel(Action one, Action other)
    {
        try
        {
            Parallel.Invoke(one, other);
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    private (FaceEmbedder Embedder, FaceEncoder Encoder) OpenFaces(ModelBundle? bundle, HeadSpecs? heads)
    {
        var path = Options.FaceEncoderPath ?? bundle?.FaceEncoderPath;
        var encoder = Own(FaceEncoder.Open(Manifest?.Encoders.Face ?? FaceModels.EncoderSpec, path, Options.Device));
        var jointEncoder = heads is not null && Manifest?.Encoders.JointFace is { } joint
            ? Own(FaceEncoder.Open(joint, bundle!.JointFaceEncoderPath, Options.Device))
            : encoder;
        var head = heads is null ? null : Own(new HeadSession(bundle!.FaceHeadPath, heads.Face));
        var isPackaged = encoder.ModelSha256 == FaceModels.EncoderSpec.Sha256;
        var reader = new FaceReader(Own(new FaceAnalyzer(Options.Faces)), encoder, isPackaged ? null : Own(new FaceEncoder(new FaceEncoderOptions { Device = Options.Device })));
        return (new FaceEmbedder(this, reader, encoder, jointEncoder, head), encoder);
    }

    private VoiceEmbedder? OpenVoices(ModelBundle? bundle, HeadSpecs? heads)
    {
        if (Manifest?.Encoders.Speaker is not { } speaker)
        {
            return null;
        }

        var activity = Own(new VoiceActivityDetector(Options.Activity));
        var encoder = Own(new SpeakerEncoder(bundle!.SpeakerEncoderPath, speaker.Dimension, Options.Device));
        var head = heads is null ? null : Own(new HeadSession(bundle.VoiceHeadPath, heads.Voice));
        return new VoiceEmbedder(this, activity, encoder, Math.Max(SpeakerEncoder.MinSamples, speaker.Preprocessing.MinSamples), head);
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        lock (_owned)
        {
            _owned.Add(part);
        }

        return part;
    }

    private sealed class WarmUpScope(FaceVoiceEngine engine) : IDisposable
    {
        public void Dispose()
        {
            engine.Cache.Clear();
            engine.Metrics.IsSilent = false;
        }
    }
}
