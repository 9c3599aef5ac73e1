using System.Globalization;
using FaceVoice.Media.Audio;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Audio that FFmpeg decodes, read as the WAV that it writes. One process does it all unless a track turns out to be undecodable.</summary>
internal sealed class FfmpegAudio : PcmReader
{
    private const double CpuPerSecond = 0.25; // several times what the slowest codec of the list takes
    private const double LeastBytesPerSecond = 500; // what is sparser than 4 kbit/s is silence, which costs next to nothing
    private const int MostAttempts = 8;
    private readonly MediaInput _input;
    private readonly MediaLimits _limits;
    private readonly FfmpegProcess _process;
    private readonly WavReader _wav;
    private readonly AudioLog _log;
    private readonly CancellationToken _cancellationToken;

    private FfmpegAudio(MediaInput input, MediaLimits limits, FfmpegProcess process, WavReader wav, AudioLog log, int? track, CancellationToken cancellationToken)
    {
        (_input, _limits, _process, _wav, _log, _cancellationToken) = (input, limits, process, wav, log, cancellationToken);
        var chosen = track ?? log.Chosen ?? 0;
        Source = wav.Source with
        {
            Codec = chosen < log.Tracks.Count ? log.Tracks[chosen].Codec : "unknown",
            Track = chosen + 1,
            Tracks = Math.Max(1, log.Tracks.Count),
        };
    }

    /// <inheritdoc/>
    public override AudioSource Source { get; }

    /// <inheritdoc/>
    public override double? PromisedSeconds => LengthOf(_input, _log);

    /// <summary>Starts FFmpeg and reads up to the first sample.</summary>
    /// <param name="input">What is read; disposed with the reader, or here on failure.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <param name="track">The audio track, from 0; null leaves the choice to FFmpeg, and takes another if that cannot be decoded.</param>
    /// <param name="maxSeconds">The longest recording that is begun.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    public static async Task<FfmpegAudio> OpenAsync(
        MediaInput input, MediaLimits limits, int? track, double maxSeconds, CancellationToken cancellationToken)
    {
        try
        {
            var first = new AudioLog();
            try
            {
                return await AttemptAsync(input, limits, first, track, maxSeconds, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is CorruptMediaException or UnsupportedMediaException && first.Header.IsCompleted)
            {
                RequireTrack(input, first, track);
                return await AttemptOthersAsync(input, limits, first, track, maxSeconds, cancellationToken).ConfigureAwait(false)
                    ?? throw Undecodable(error, first, track);
            }
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<float> interleaved, CancellationToken cancellationToken)
    {
        // Reading is not cancelled by itself: cancelling kills the process, and the pipe ends.
        var count = await _wav.ReadAsync(interleaved, CancellationToken.None).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return count;
    }

    /// <inheritdoc/>
    public override async Task<double?> CompleteAsync(double readSeconds, bool isShort, CancellationToken cancellationToken)
    {
        await _process.EnsureSucceededAsync(_input.Kind.Name, _cancellationToken).ConfigureAwait(false);
        if (_input.DeclaredLength is { } declared && declared > _input.Length)
        {
            return readSeconds * declared / _input.Length; // what is missing is as dense as what is there, as far as anybody knows
        }

        if (!isShort || !_log.HasVideo)
        {
            return PromisedSeconds;
        }

        // The length is that of the longest stream; a second program has to be asked for the track's own.
        var analysis = await Ffprobe.AnalyseAsync(_input, _limits, cancellationToken).ConfigureAwait(false);
        return Source.Track <= analysis.AudioStreams.Count
            ? Ffprobe.LengthOf(analysis, analysis.AudioStreams[Source.Track - 1], SaysEnd(_input))
            : null;
    }

    /// <summary>Matroska says where its tracks end on the file's clock, others how long they are.</summary>
    private static bool SaysEnd(MediaInput input) => input.Kind == MediaSignature.Matroska;

    private static double? LengthOf(MediaInput input, AudioLog log) => SaysEnd(input) ? log.Seconds - log.Start : log.Seconds;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        await _wav.DisposeAsync().ConfigureAwait(false);
        _input.Dispose();
    }

    private static async Task<FfmpegAudio> AttemptAsync(
        MediaInput input, MediaLimits limits, AudioLog log, int? track, double maxSeconds, CancellationToken cancellationToken)
    {
        var likelySeconds = Math.Min(limits.MaxSeconds, input.Length / LeastBytesPerSecond);
        var process = FfmpegProcess.Start(
            input,
            ProcessBudget.For(limits, likelySeconds, CpuPerSecond),
            options => options.Restrict(input.Kind, limits, FfmpegArguments.Describing),
            options => options.DecodeAudio(track),
            log.Take,
            cancellationToken);
        try
        {
            var wav = await OpenWavAsync(process, input, limits, cancellationToken).ConfigureAwait(false);
            _ = process.ErrorsEnded.ContinueWith(_ => log.End(), TaskScheduler.Default);
            await log.Header.ConfigureAwait(false);
            LimitChecks.Seconds(LengthOf(input, log) ?? 0, maxSeconds);
            return new FfmpegAudio(input, limits, process, wav, log, track, cancellationToken);
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            log.End();
            throw;
        }
    }

    private static async Task<WavReader> OpenWavAsync(FfmpegProcess process, MediaInput input, MediaLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            return await WavReader.TryOpenAsync(process.Output, length: null, limits, owned: null, CancellationToken.None).ConfigureAwait(false)
                ?? throw new CorruptMediaException($"The audio of the {input.Kind.Name} cannot be decoded.");
        }
        catch (CorruptMediaException)
        {
            // A process that fails before the header leaves an empty pipe: its own account of the failure is the one to give.
            await process.EnsureSucceededAsync(input.Kind.Name, cancellationToken).ConfigureAwait(false);
            throw MonoStream.NoSamples();
        }
    }

    /// <summary>The other tracks, by FFmpeg's own order: those marked as default first. Null if none can be decoded.</summary>
    private static async Task<FfmpegAudio?> AttemptOthersAsync(
        MediaInput input, MediaLimits limits, AudioLog first, int? track, double maxSeconds, CancellationToken cancellationToken)
    {
        if (track is not null)
        {
            return null;
        }

        var others = Enumerable.Range(0, first.Tracks.Count)
            .Where(index => index != first.Chosen && first.Tracks[index].Codec != "none")
            .OrderByDescending(index => first.Tracks[index].IsDefault)
            .Take(MostAttempts);
        foreach (var other in others)
        {
            try
            {
                return await AttemptAsync(input, limits, new AudioLog(), other, maxSeconds, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is CorruptMediaException or UnsupportedMediaException)
            {
                // The next one, or the account of the first failure.
            }
        }

        return null;
    }

    private static void RequireTrack(MediaInput input, AudioLog log, int? track)
    {
        if (log.Tracks.Count == 0 && (log.HasVideo || log.Seconds is not null))
        {
            throw new MissingStreamException($"The {input.Kind.Name} has no audio.");
        }

        if (track >= log.Tracks.Count && log.Tracks.Count > 0)
        {
            throw new MissingStreamException(string.Create(
                CultureInfo.InvariantCulture, $"Audio track {track + 1} was asked for; the {input.Kind.Name} has {log.Tracks.Count}."));
        }
    }

    private static Exception Undecodable(Exception error, AudioLog log, int? track)
    {
        var unknown = track is { } index ? log.Tracks[index].Codec == "none" : log.Tracks.Count > 0 && log.Tracks.All(one => one.Codec == "none");
        return unknown ? new UnsupportedMediaException("The audio is in a codec that FFmpeg does not know.", error) : error;
    }
}
