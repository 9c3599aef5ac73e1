using FaceVoice.Inference.Matching;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Faces;

/// <summary>Turns images into face embeddings. Thread-safe.</summary>
/// <remarks>
/// The <c>Async</c> methods wait in the bounded queue and are for servers; the others run on the caller's thread and are for batch work,
/// whose caller chooses the parallelism. Both give the same bits for the same image.
/// </remarks>
public sealed class FaceEmbedder
{
    private readonly FaceVoiceEngine _engine;
    private readonly ImageDecoder _decoder;
    private readonly FaceReader _reader;
    private readonly FaceEncoder _encoder;
    private readonly FaceEncoder _jointEncoder; // what the head takes its vectors from: the same, or a network of its own
    private readonly HeadSession? _head;

    internal FaceEmbedder(FaceVoiceEngine engine, FaceReader reader, FaceEncoder encoder, FaceEncoder jointEncoder, HeadSession? head)
    {
        (_engine, _reader, _encoder, _jointEncoder, _head) = (engine, reader, encoder, jointEncoder, head);
        _decoder = new ImageDecoder(engine.Options.Media);
    }

    /// <summary>Gets the number of values in the face space.</summary>
    public int FaceDimension => _encoder.Dimension;

    /// <summary>
    /// Embeds the largest face of an encoded image: from the cache if the same bytes came before, together with another call if that is
    /// working on them.
    /// </summary>
    /// <param name="media">
    /// A JPEG, PNG or WebP file. Not to be changed afterwards: a call beside this one may still read it when this one was cancelled.
    /// </param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="InvalidMediaException">The bytes are no image that may be decoded.</exception>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public Task<FaceEmbedding> EmbedAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default) =>
        EmbedAsync(media, [EmbeddingSpace.Joint], cancellationToken);

    /// <summary>
    /// Embeds the largest face of an encoded image: from the cache if the same bytes came before, together with another call if that is
    /// working on them.
    /// </summary>
    /// <param name="media">
    /// A JPEG, PNG or WebP file. Not to be changed afterwards: a call beside this one may still read it when this one was cancelled.
    /// </param>
    /// <param name="spaces">
    /// The spaces that are asked for. A network that none of them needs is not run: the embedding may lack the joint space if it is not
    /// among them. It always has the face space.
    /// </param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="InvalidMediaException">The bytes are no image that may be decoded.</exception>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public Task<FaceEmbedding> EmbedAsync(
        ReadOnlyMemory<byte> media, IReadOnlyCollection<EmbeddingSpace> spaces, CancellationToken cancellationToken = default)
    {
        var isWhole = spaces.Contains(EmbeddingSpace.Joint) || _head is null || _jointEncoder == _encoder;
        return _engine.Cache.GetOrAddAsync(media, token => ScheduleAsync(media, isWhole, token), cancellationToken, isPart: !isWhole);
    }

    /// <summary>Embeds the largest face of an encoded image on this thread, without queue or cache.</summary>
    /// <param name="media">A JPEG, PNG or WebP file.</param>
    /// <param name="cancellationToken">Stops between stages.</param>
    /// <exception cref="InvalidMediaException">The bytes are no image that may be decoded.</exception>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public FaceEmbedding Embed(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        var timer = NewTimer();
        using var image = _decoder.Decode(media);
        timer.Ends("decode");
        return Compute(image, timer, cancellationToken);
    }

    /// <summary>Embeds the largest face of a decoded image on this thread, without queue or cache.</summary>
    /// <param name="image">RGB pixels.</param>
    /// <param name="cancellationToken">Stops between stages.</param>
    /// <exception cref="NoFaceException">There is no face.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public FaceEmbedding Embed(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Compute(image, NewTimer(), cancellationToken);
    }

    /// <summary>
    /// Embeds a face that is already cut out and aligned, as data set folders hold them; on this thread, without queue or cache.
    /// </summary>
    /// <param name="aligned">A face aligned by <see cref="FaceAligner"/>.</param>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public FaceEmbedding EmbedAligned(RgbImage aligned)
    {
        ArgumentNullException.ThrowIfNull(aligned);
        return Counted(() =>
        {
            var timer = NewTimer();
            var face = _encoder.Encode(aligned);
            timer.Ends("encode");
            return Project(aligned, face, timer);
        });
    }

    /// <summary>
    /// Cuts out the largest face, aligned as <see cref="EmbedAligned"/> takes it; embedding it gives the same bits as embedding the image.
    /// </summary>
    /// <param name="image">RGB pixels.</param>
    /// <returns>An image of the encoder's size; the caller disposes it.</returns>
    /// <exception cref="NoFaceException">There is no face.</exception>
    public RgbImage Align(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return _reader.Read(image).Aligned ?? throw new NoFaceException(image.Width, image.Height);
    }

    /// <summary>
    /// One worker takes the image from bytes to vectors: decoded elsewhere it would only be handed to another thread, and every call that
    /// waits would hold its pixels.
    /// </summary>
    private Task<FaceEmbedding> ScheduleAsync(ReadOnlyMemory<byte> media, bool isWhole, CancellationToken cancellationToken)
    {
        var timer = NewTimer();
        return _engine.Scheduler.RunAsync(
            token =>
            {
                timer.Ends("queue");
                using var image = _decoder.Decode(media);
                timer.Ends("decode");
                return Compute(image, timer, token, isWhole);
            },
            cancellationToken);
    }

    private FaceEmbedding Compute(RgbImage image, StageTimer timer, CancellationToken cancellationToken, bool isWhole = true)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Counted(() =>
        {
            using var reading = _reader.Read(image, timer: timer, cancellationToken: cancellationToken);
            var aligned = reading.Aligned ?? throw new NoFaceException(image.Width, image.Height);
            timer.Ends("encode");
            cancellationToken.ThrowIfCancellationRequested();
            var detected = reading.AsGiven(reading.Faces[0]);
            var lacking = _engine.Evidence.Lacking(detected.Quality);
            return Project(aligned, reading.Embedding, timer, isWhole) with
            {
                Detected = detected,
                FaceCount = reading.Faces.Count,
                TurnDegrees = reading.TurnDegrees,
                Lacking = reading.IsDoubtful ? [.. lacking, "which way up the face is cannot be told"] : lacking,
            };
        });
    }

    private FaceEmbedding Project(RgbImage aligned, float[] face, StageTimer timer, bool isWhole = true)
    {
        var joint = !isWhole ? null : _head?.Project(_jointEncoder == _encoder ? face : _jointEncoder.Encode(aligned));
        if (joint is not null)
        {
            timer.Ends("project");
        }

        return new FaceEmbedding
        {
            ModelId = _engine.ModelId,
            Face = new Embedding(_engine.ModelId, EmbeddingSpace.Face, face),
            Joint = joint is null ? null : new Embedding(_engine.ModelId, EmbeddingSpace.Joint, joint),
            Detected = null,
            FaceCount = 1,
            Timings = timer.Timings,
        };
    }

    private FaceEmbedding Counted(Func<FaceEmbedding> compute)
    {
        try
        {
            return compute();
        }
        catch (NonFiniteOutputException)
        {
            _engine.Metrics.NonFinite();
            throw;
        }
    }

    private StageTimer NewTimer() => new(_engine.Options.Time, _engine.Metrics, "face");
}
