using System.Globalization;
using System.Numerics.Tensors;
using FaceVoice.Inference.Matching;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>Turns recordings into voice embeddings: the best voiced windows, each encoded by itself, their mean. Thread-safe.</summary>
/// <remarks>
/// The <c>Async</c> methods wait in the bounded queue and are for servers; the others run on the caller's thread and are for batch work,
/// whose caller chooses the parallelism. Both give the same bits for the same recording.
/// </remarks>
public sealed class VoiceEmbedder
{
    private readonly FaceVoiceEngine _engine;
    private readonly AudioDecoder _decoder;
    private readonly VoiceWindowSelector _selector;
    private readonly SpeakerEncoder _encoder;
    private readonly HeadSession? _head;

    internal VoiceEmbedder(FaceVoiceEngine engine, VoiceActivityDetector activity, SpeakerEncoder encoder, int minSamples, HeadSession? head)
    {
        (_engine, Activity, _encoder, MinSamples, _head) = (engine, activity, encoder, minSamples, head);
        _decoder = new AudioDecoder(engine.Options.Media, engine.Options.Audio);
        _selector = new VoiceWindowSelector(engine.Options.Windows);
    }

    /// <summary>Gets the number of values in the speaker space.</summary>
    public int SpeakerDimension => _encoder.Dimension;

    /// <summary>Gets the shortest stretch that can be encoded, in samples at 16 kHz.</summary>
    public int MinSamples { get; }

    /// <summary>Gets the detector of speech, for live audio.</summary>
    public VoiceActivityDetector Activity { get; }

    /// <summary>
    /// Embeds the voice of an encoded recording: from the cache if the same bytes came before, together with another call if that is
    /// working on them.
    /// </summary>
    /// <param name="media">
    /// Any audio, or video with audio, that can be decoded. Not to be changed afterwards: a call beside this one may still read it when
    /// this one was cancelled.
    /// </param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="InvalidMediaException">The bytes are no audio that may be decoded.</exception>
    /// <exception cref="NoSpeechException">There is too little speech.</exception>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public Task<VoiceEmbedding> EmbedAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default) => _engine.Cache.GetOrAddAsync(
        media, token => ScheduleAsync((timer, stop) => Compute(decoder => decoder.DecodeAsync(media, stop), timer, stop), token), cancellationToken);

    /// <summary>Embeds the voice of a file; waits in the queue, does not use the cache.</summary>
    /// <param name="path">Any audio, or video with audio, that can be decoded.</param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <inheritdoc cref="EmbedAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public Task<VoiceEmbedding> EmbedFileAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ScheduleAsync((timer, token) => Compute(decoder => decoder.DecodeFileAsync(path, token), timer, token), cancellationToken);
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
        return ScheduleAsync((timer, token) => Compute(clip, timer, token), cancellationToken);
    }

    /// <summary>Embeds one stretch as it comes, without looking for speech; waits in the queue. For windows of live audio.</summary>
    /// <param name="samples">Mono, 16 kHz, <see cref="MinSamples"/> or more; not to be changed until the task is done.</param>
    /// <param name="cancellationToken">Drops the work when its caller has left.</param>
    /// <exception cref="NoSpeechException">There are fewer samples.</exception>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    /// <exception cref="NonFiniteOutputException">A network gave something that is not a number.</exception>
    public Task<VoiceEmbedding> EmbedWindowAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default) =>
        ScheduleAsync((timer, _) => EncodeWhole(samples, timer), cancellationToken);

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

    private Task<VoiceEmbedding> ScheduleAsync(Func<StageTimer, CancellationToken, VoiceEmbedding> work, CancellationToken cancellationToken)
    {
        var timer = NewTimer();
        return _engine.Scheduler.RunAsync(
            token =>
            {
                timer.Ends("queue");
                return work(timer, token);
            },
            cancellationToken);
    }

    /// <summary>
    /// The voice of the track that the decoder chooses, or of the first other one with speech if that has none and the caller asked for none.
    /// </summary>
    private VoiceEmbedding Compute(Func<AudioDecoder, Task<AudioClip>> decode, StageTimer timer, CancellationToken cancellationToken)
    {
        const int mostTracks = 8;
        var clip = Decode(decode, _decoder, timer);
        try
        {
            return Compute(clip, timer, cancellationToken);
        }
        catch (NoSpeechException) when (clip.Source.Tracks > 1 && _engine.Options.Audio.Track is null)
        {
            foreach (var track in Enumerable.Range(1, Math.Min(clip.Source.Tracks, mostTracks)).Where(track => track != clip.Source.Track))
            {
                try
                {
                    var decoder = new AudioDecoder(_engine.Options.Media, _engine.Options.Audio with { Track = track });
                    var embedding = Compute(Decode(decode, decoder, timer), timer, cancellationToken);
                    return embedding with
                    {
                        Warnings = [$"Audio track {clip.Source.Track} of {clip.Source.Tracks} has no speech; track {track} is used.", .. embedding.Warnings],
                    };
                }
                catch (Exception error) when (error is NoSpeechException or InvalidMediaException)
                {
                    // The next one; if none has speech, what is said of the first counts.
                }
            }

            throw;
        }
    }

    /// <summary>
    /// Decoding holds the worker, also while a process does it: what runs at once is as much as there are cores, wherever it runs.
    /// </summary>
    private static AudioClip Decode(Func<AudioDecoder, Task<AudioClip>> decode, AudioDecoder decoder, StageTimer timer)
    {
        var clip = decode(decoder).GetAwaiter().GetResult();
        timer.Ends("decode");
        return clip;
    }

    private VoiceEmbedding Compute(AudioClip clip, StageTimer timer, CancellationToken cancellationToken)
    {
        var activity = Activity.Detect(clip.Samples.Span, cancellationToken);
        var windows = _selector.Select(clip.Samples.Span, activity);
        if (windows.Count == 0 || windows[0].Length < MinSamples)
        {
            var needed = Math.Max(_engine.Options.Windows.MinSpeechSeconds, (double)MinSamples / AudioClip.SampleRate);
            throw new NoSpeechException(clip.Seconds, activity.SpeechSeconds, needed);
        }

        var quality = VoiceQualityMeter.Measure(clip.Samples.Span, activity);
        timer.Ends("activity");
        var embedding = Encode(clip.Samples, windows, quality, timer, cancellationToken);
        return embedding with
        {
            Warnings = [.. clip.Warnings, .. embedding.Warnings],
            Lacking = clip.HoldsTwoVoices
                ? [.. embedding.Lacking, "the recording's channels seem to hold two voices, and which is meant cannot be told"]
                : embedding.Lacking,
        };
    }

    private VoiceEmbedding EncodeWhole(ReadOnlyMemory<float> samples, StageTimer timer)
    {
        if (samples.Length < MinSamples)
        {
            var seconds = (double)samples.Length / AudioClip.SampleRate;
            throw new NoSpeechException(seconds, seconds, (double)MinSamples / AudioClip.SampleRate);
        }

        return Encode(samples, [new VoiceWindow(0, samples.Length, 1, 0)], null, timer, CancellationToken.None);
    }

    private VoiceEmbedding Encode(
        ReadOnlyMemory<float> samples, IReadOnlyList<VoiceWindow> windows, VoiceQuality? quality, StageTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            var (speaker, disagreement) = EncodeMean(samples, windows, cancellationToken);
            timer.Ends("encode");
            var joint = _head?.Project(speaker);
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
                Lacking = [.. quality is null ? [] : _engine.Evidence.Lacking(quality), .. disagreement],
                Warnings = disagreement,
                Timings = timer.Timings,
            };
        }
        catch (NonFiniteOutputException)
        {
            _engine.Metrics.NonFinite();
            throw;
        }
    }

    /// <summary>
    /// The windows' unit vectors, averaged in order of time and brought to unit length; and a sentence if two of them are not of one person.
    /// </summary>
    private (float[] Mean, string[] Disagreement) EncodeMean(
        ReadOnlyMemory<float> samples, IReadOnlyList<VoiceWindow> windows, CancellationToken cancellationToken)
    {
        var mean = new float[SpeakerDimension];
        var vectors = new float[windows.Count][];
        for (var i = 0; i < windows.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            vectors[i] = new float[SpeakerDimension];
            _encoder.Encode(samples.Slice(windows[i].Start, windows[i].Length), vectors[i]);
            TensorPrimitives.Add(mean, vectors[i], mean);
        }

        UnitLength.Normalize(mean, "speaker");
        var doubt = SpeakerAgreement.Doubt(
            vectors,
            i => string.Create(CultureInfo.InvariantCulture, $"{windows[i].StartSeconds:F1} s"),
            _engine.Options.Evidence.MinWindowCosine);
        return (mean, doubt is null ? [] : [doubt]);
    }

    private StageTimer NewTimer() => new(_engine.Options.Time, _engine.Metrics, "voice");
}
