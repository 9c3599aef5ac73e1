using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceVoice.Inference.Caching;
using FaceVoice.Inference.Scheduling;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>Turns recordings into voice embeddings: the best voiced windows, each encoded by itself, their mean. Thread-safe.</summary>
/// <remarks>
/// The <c>Async</c> methods wait in bounded queues and are for servers; the others run on the caller's thread and are for batch work, whose caller
/// chooses the parallelism. Both give the same bits for the same recording.
/// </remarks>
public sealed class VoiceEmbedder
{
    private const byte CacheKind = 2;

    private readonly FaceVoiceEngine _engine;
    private readonly AudioDecoder _decoder;
    private readonly StageQueue _decoding;
    private readonly StageQueue _queue;
    private readonly InFlightWork<VoiceEmbedding> _inFlight = new();

    internal VoiceEmbedder(VoiceStages stages, FaceVoiceEngine engine, StageQueue decoding, StageQueue queue)
    {
        Stages = stages;
        _engine = engine;
        _decoder = new AudioDecoder(engine.Options.Media);
        _decoding = decoding;
        _queue = queue;
    }

    /// <summary>Gets the number of values in the speaker space.</summary>
    public int SpeakerDimension => Stages.Encoder.Dimension;

    /// <summary>Gets the shortest stretch that can be encoded, in samples at 16 kHz.</summary>
    public int MinSamples => Stages.MinSamples;

    /// <summary>Gets the detector of speech, for live sound.</summary>
    public VoiceActivityDetector Activity => Stages.Activity;

    internal VoiceStages Stages { get; }

    /// <summary>
    /// Embeds the voice of an encoded recording: from the cache where the same bytes came before, together with another call where they are being
    /// worked on.
    /// </summary>
    /// <param name="media">
    /// Any sound, or video with sound, that can be decoded. Not to be changed afterwards: a call beside this one may still read it when this one was cancelled.
    /// </param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="InvalidMediaException">The bytes are no sound that may be decoded.</exception>
    /// <exception cref="NoSpeechException">There is too little speech.</exception>
    /// <exception cref="OverloadedException">A queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public async Task<VoiceEmbedding> EmbedAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        var cache = _engine.Cache;
        if (!cache.IsEnabled)
        {
            return await ComputeAsync(media, cancellationToken).ConfigureAwait(false);
        }

        var key = EmbeddingCache.KeyOf(media.Span, CacheKind);
        if (cache.TryGet<VoiceEmbedding>(key, out var cached))
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

    /// <summary>Embeds the voice of a decoded recording; waits in the queue, does not use the cache.</summary>
    /// <param name="clip">Mono, 16 kHz.</param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="NoSpeechException">There is too little speech.</exception>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public Task<VoiceEmbedding> EmbedAsync(AudioClip clip, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        var timer = NewTimer();
        return RunAsync(token => Compute(clip, timer, token), timer, cancellationToken);
    }

    /// <summary>Embeds one stretch as it comes, without looking for speech; waits in the queue. For windows of live sound.</summary>
    /// <param name="samples">Mono, 16 kHz, <see cref="MinSamples"/> or more; not to be changed until the task is done.</param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="NoSpeechException">There are fewer samples.</exception>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public Task<VoiceEmbedding> EmbedWindowAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default)
    {
        var timer = NewTimer();
        return RunAsync(_ => EncodeWhole(samples, timer), timer, cancellationToken);
    }

    /// <summary>Embeds the voice of a decoded recording on this thread, without queue or cache.</summary>
    /// <param name="clip">Mono, 16 kHz.</param>
    /// <param name="cancellationToken">Stops between windows.</param>
    /// <exception cref="NoSpeechException">There is too little speech.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public VoiceEmbedding Embed(AudioClip clip, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return Compute(clip, NewTimer(), cancellationToken);
    }

    /// <summary>Embeds one stretch as it comes, without looking for speech, as data set folders hold them; on this thread.</summary>
    /// <param name="samples">Mono, 16 kHz, <see cref="MinSamples"/> or more.</param>
    /// <exception cref="NoSpeechException">There are fewer samples.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public VoiceEmbedding EmbedWindow(ReadOnlyMemory<float> samples) => EncodeWhole(samples, NewTimer());

    private async Task<VoiceEmbedding> ComputeAndKeepAsync(CacheKey key, ReadOnlyMemory<byte> media, CancellationToken cancellationToken)
    {
        // Another call may have ended between this one's look into the cache and its turn.
        if (_engine.Cache.TryGet<VoiceEmbedding>(key, out var cached, isFirstLook: false))
        {
            return cached with { FromCache = true };
        }

        var embedding = await ComputeAsync(media, cancellationToken).ConfigureAwait(false);
        _engine.Cache.Add(key, embedding, embedding.Speaker.Dimension + (embedding.Joint?.Dimension ?? 0) + (8 * embedding.Windows.Count));
        return embedding;
    }

    private async Task<VoiceEmbedding> ComputeAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken)
    {
        using var place = _queue.Enter(); // before the recording is decoded: what is refused has cost nothing
        var timer = NewTimer();
        var clip = await _decoding.RunAsync(
            token =>
            {
                timer.Ends("queue");
                return _decoder.DecodeAsync(media, token);
            },
            cancellationToken).ConfigureAwait(false);
        timer.Ends("decode");
        return await RunAsync(place, token => Compute(clip, timer, token), timer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<VoiceEmbedding> RunAsync(Func<CancellationToken, VoiceEmbedding> work, StageTimer timer, CancellationToken cancellationToken)
    {
        using var place = _queue.Enter();
        return await RunAsync(place, work, timer, cancellationToken).ConfigureAwait(false);
    }

    private static Task<VoiceEmbedding> RunAsync(StageQueue.Place place, Func<CancellationToken, VoiceEmbedding> work, StageTimer timer, CancellationToken cancellationToken) =>
        place.RunAsync(
            token =>
            {
                timer.Ends("queue");
                return work(token);
            },
            cancellationToken);

    private VoiceEmbedding Compute(AudioClip clip, StageTimer timer, CancellationToken cancellationToken)
    {
        var activity = Stages.Activity.Detect(clip.Samples.Span, cancellationToken);
        var windows = Stages.Selector.Select(clip.Samples.Span, activity);
        if (windows.Count == 0 || windows[0].Length < Stages.MinSamples)
        {
            var needed = Math.Max(_engine.Options.Windows.MinSpeechSeconds, (double)Stages.MinSamples / AudioClip.SampleRate);
            throw new NoSpeechException(clip.Seconds, activity.SpeechSeconds, needed);
        }

        var quality = VoiceQualityMeter.Measure(clip.Samples.Span, activity);
        timer.Ends("activity");
        return Encode(clip.Samples, windows, quality, timer, cancellationToken);
    }

    private VoiceEmbedding EncodeWhole(ReadOnlyMemory<float> samples, StageTimer timer)
    {
        if (samples.Length < Stages.MinSamples)
        {
            var seconds = (double)samples.Length / AudioClip.SampleRate;
            throw new NoSpeechException(seconds, seconds, (double)Stages.MinSamples / AudioClip.SampleRate);
        }

        return Encode(samples, [new VoiceWindow(0, samples.Length, 1, 0)], null, timer, CancellationToken.None);
    }

    private VoiceEmbedding Encode(
        ReadOnlyMemory<float> samples, IReadOnlyList<VoiceWindow> windows, VoiceQuality? quality, StageTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            var speaker = EncodeMean(samples, windows, cancellationToken);
            timer.Ends("encode");
            var joint = Stages.Head?.Project(speaker);
            if (joint is not null)
            {
                timer.Ends("project");
            }

            return new VoiceEmbedding
            {
                ModelId = _engine.ModelId,
                Speaker = new Embedding(_engine.ModelId, EmbeddingSpace.Speaker, speaker),
                Joint = joint is null ? null : new Embedding(_engine.ModelId, EmbeddingSpace.Joint, joint),
                Windows = windows,
                Quality = quality,
                Timings = timer.Timings,
            };
        }
        catch (NonFiniteOutputException)
        {
            _engine.Meter.NonFinite();
            throw;
        }
    }

    /// <summary>The windows' unit vectors, averaged in order of time and brought to unit length.</summary>
    private float[] EncodeMean(ReadOnlyMemory<float> samples, IReadOnlyList<VoiceWindow> windows, CancellationToken cancellationToken)
    {
        var mean = new float[SpeakerDimension];
        var one = new float[SpeakerDimension];
        foreach (var window in windows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Stages.Encoder.Encode(samples.Slice(window.Start, window.Length), one);
            TensorPrimitives.Add(mean, one, mean);
        }

        UnitLength.Normalize(mean, "speaker");
        return mean;
    }

    private StageTimer NewTimer() => new(_engine.Options.Time, _engine.Meter, "voice");
}
