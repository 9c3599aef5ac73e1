using FaceVoice.Inference.Caching;
using FaceVoice.Inference.Scheduling;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>Turns pictures into face embeddings. Thread-safe.</summary>
/// <remarks>
/// The <c>Async</c> methods wait in bounded queues and are for servers; the others run on the caller's thread and are for batch work, whose caller
/// chooses the parallelism. Both give the same bits for the same picture.
/// </remarks>
public sealed class FaceEmbedder
{
    private const byte CacheKind = 1;

    private readonly FaceVoiceEngine _engine;
    private readonly ImageDecoder _decoder;
    private readonly StageQueue _queue;
    private readonly InFlightWork<FaceEmbedding> _inFlight = new();

    internal FaceEmbedder(FaceStages stages, FaceVoiceEngine engine, StageQueue queue)
    {
        Stages = stages;
        _engine = engine;
        _decoder = new ImageDecoder(engine.Options.Media);
        _queue = queue;
    }

    /// <summary>Gets the number of values in the face space.</summary>
    public int FaceDimension => Stages.Encoder.Dimension;

    /// <summary>Gets the SHA-256 of the face encoder's file; features of another encoder are other features.</summary>
    public string EncoderSha256 => Stages.Encoder.ModelSha256;

    internal FaceStages Stages { get; }

    /// <summary>
    /// Embeds the largest face of an encoded picture: from the cache where the same bytes came before, together with another call where they are being
    /// worked on.
    /// </summary>
    /// <param name="media">A JPEG, PNG or WebP file. Not to be changed afterwards: a call beside this one may still read it when this one was cancelled.</param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="InvalidMediaException">The bytes are no picture that may be decoded.</exception>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="OverloadedException">A queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public async Task<FaceEmbedding> EmbedAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        var cache = _engine.Cache;
        if (!cache.IsEnabled)
        {
            return await ComputeAsync(media, NewTimer(), cancellationToken).ConfigureAwait(false);
        }

        var key = EmbeddingCache.KeyOf(media.Span, CacheKind);
        if (cache.TryGet<FaceEmbedding>(key, out var cached))
        {
            return cached with { FromCache = true };
        }

        var (embedding, isJoined) = await _inFlight.RunAsync(key, token => ComputeAndKeepAsync(key, media, token), cancellationToken).ConfigureAwait(false);
        if (!isJoined)
        {
            return embedding;
        }

        _engine.Meter.Joined();
        return embedding with { FromCache = true };
    }

    /// <summary>Embeds the largest face of an encoded picture on this thread, without queue or cache.</summary>
    /// <param name="media">A JPEG, PNG or WebP file.</param>
    /// <param name="cancellationToken">Stops between stages.</param>
    /// <exception cref="InvalidMediaException">The bytes are no picture that may be decoded.</exception>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public FaceEmbedding Embed(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        var timer = NewTimer();
        using var image = _decoder.Decode(media);
        timer.Ends("decode");
        return Compute(image, timer, cancellationToken);
    }

    /// <summary>Embeds the largest face of a decoded picture on this thread, without queue or cache.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <param name="cancellationToken">Stops between stages.</param>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public FaceEmbedding Embed(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Compute(image, NewTimer(), cancellationToken);
    }

    /// <summary>Embeds a face that is already cut out and aligned, as data set folders hold them; on this thread, without queue or cache.</summary>
    /// <param name="aligned">A face aligned by <see cref="FaceAligner"/>.</param>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public FaceEmbedding EmbedAligned(RgbImage aligned)
    {
        ArgumentNullException.ThrowIfNull(aligned);
        return Encode(aligned, null, 1, NewTimer());
    }

    private async Task<FaceEmbedding> ComputeAndKeepAsync(CacheKey key, ReadOnlyMemory<byte> media, CancellationToken cancellationToken)
    {
        // Another call may have ended between this one's look into the cache and its turn.
        if (_engine.Cache.TryGet<FaceEmbedding>(key, out var cached, isFirstLook: false))
        {
            return cached with { FromCache = true };
        }

        var embedding = await ComputeAsync(media, NewTimer(), cancellationToken).ConfigureAwait(false);
        _engine.Cache.Add(key, embedding, embedding.Face.Dimension + (embedding.Joint?.Dimension ?? 0));
        return embedding;
    }

    /// <summary>Cuts out the largest face, aligned as <see cref="EmbedAligned"/> takes it; embedding it gives the same bits as embedding the picture.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <returns>A picture of the encoder's size; the caller disposes it.</returns>
    /// <exception cref="NoFaceException">There is no face.</exception>
    public RgbImage Align(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Stages.Analyzer.Analyze(image, out var aligned);
        return aligned ?? throw new NoFaceException(image.Width, image.Height);
    }

    /// <summary>
    /// Decoding too takes its turn on the worker that then runs the networks: on its own it would only hand the picture to another thread, and every call
    /// that waits would hold its pixels.
    /// </summary>
    private Task<FaceEmbedding> ComputeAsync(ReadOnlyMemory<byte> media, StageTimer timer, CancellationToken cancellationToken) => _queue.RunAsync(
        token =>
        {
            timer.Ends("queue");
            using var image = _decoder.Decode(media);
            timer.Ends("decode");
            return Compute(image, timer, token);
        },
        cancellationToken);

    private FaceEmbedding Compute(RgbImage image, StageTimer timer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var faces = Stages.Analyzer.Analyze(image, out var largest);
        using var aligned = largest ?? throw new NoFaceException(image.Width, image.Height);
        timer.Ends("detect");
        cancellationToken.ThrowIfCancellationRequested();
        return Encode(aligned, faces[0], faces.Count, timer);
    }

    private FaceEmbedding Encode(RgbImage aligned, DetectedFace? detected, int faceCount, StageTimer timer)
    {
        try
        {
            var face = Stages.Encoder.Encode(aligned);
            timer.Ends("encode");
            var joint = Stages.Head?.Project(face);
            if (joint is not null)
            {
                timer.Ends("project");
            }

            return new FaceEmbedding
            {
                ModelId = _engine.ModelId,
                Face = new Embedding(_engine.ModelId, EmbeddingSpace.Face, face),
                Joint = joint is null ? null : new Embedding(_engine.ModelId, EmbeddingSpace.Joint, joint),
                Detected = detected,
                FaceCount = faceCount,
                Timings = timer.Timings,
            };
        }
        catch (NonFiniteOutputException)
        {
            _engine.Meter.NonFinite();
            throw;
        }
    }

    private StageTimer NewTimer() => new(_engine.Options.Time, _engine.Meter, "face");
}
