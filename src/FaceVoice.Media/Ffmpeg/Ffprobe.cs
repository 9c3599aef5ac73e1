using System.Globalization;
using System.Text.Json;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Reads headers through FFprobe and holds them against the limits.</summary>
internal static class Ffprobe
{
    private const int MostReportBytes = 1 << 20;
    private const double LeastLateness = 0.05; // seconds; less is what encoders add before the first sample
    private static readonly Uri Input = new("file://" + Confinement.Input);

    /// <summary>The header as the public record, once it is within the limits.</summary>
    /// <exception cref="UnsupportedMediaException">None of its streams is in a codec that is read.</exception>
    public static async Task<MediaInfo> ProbeAsync(MediaInput input, MediaLimits limits, CancellationToken cancellationToken)
    {
        var (analysis, refused, error) = await AnalyseAllAsync(input, limits, cancellationToken).ConfigureAwait(false);
        var info = Check(analysis, refused, input.Kind.Name, limits);
        var isUsable = (info.Video is { } video && !refused.Contains(video.Codec)) || (info.Audio is { } audio && !refused.Contains(audio.Codec));
        return error is null || isUsable ? info : throw error;
    }

    /// <summary>The header as FFMpegCore reads it; nothing is held against the limits yet.</summary>
    public static async Task<IMediaAnalysis> AnalyseAsync(MediaInput input, MediaLimits limits, CancellationToken cancellationToken) =>
        (await AnalyseAllAsync(input, limits, cancellationToken).ConfigureAwait(false)).Analysis;

    /// <summary>The length of a stream, in seconds; null if the header does not say.</summary>
    /// <param name="analysis">The header.</param>
    /// <param name="stream">One of its streams.</param>
    /// <param name="saysEnd">Whether what it has for a length is where the stream ends on the file's clock.</param>
    public static double? LengthOf(IMediaAnalysis analysis, MediaStream stream, bool saysEnd) =>
        Seconds(stream.Duration) - (saysEnd ? Math.Max(0, Clock(analysis.Raw.Streams.First(raw => raw.Index == stream.Index).StartTime)) : 0);

    private static MediaInfo Check(IMediaAnalysis analysis, List<string> refused, string what, MediaLimits limits)
    {
        var video = analysis.VideoStreams
            .Where(stream => !Has(stream, "attached_pic"))
            .OrderBy(stream => refused.Contains(stream.CodecName ?? ""))
            .FirstOrDefault();
        var seconds = Seconds(analysis.Format.Duration) ?? Seconds(analysis.Duration);
        LimitChecks.Seconds(seconds ?? 0, limits.MaxSeconds);
        if (analysis.Raw.Streams.Count == 0)
        {
            throw new CorruptMediaException($"The {what} holds neither video nor audio.");
        }

        return new MediaInfo
        {
            Container = analysis.Format.FormatName,
            Seconds = seconds,
            Video = video is null ? null : Video(video, limits),
            Audio = Audio(analysis, refused, limits),
        };
    }

    /// <remarks>
    /// FFprobe insists on opening the decoder of every stream, and fails if one is not on the list. Streams that nobody needs must not matter, so
    /// that decoder may then be opened; samples are still never given to it, as the list for the format forbids that.
    /// </remarks>
    private static async Task<(IMediaAnalysis Analysis, List<string> Refused, Exception? Error)> AnalyseAllAsync(
        MediaInput input, MediaLimits limits, CancellationToken cancellationToken)
    {
        const int mostRefused = 4;
        var (refused, first) = (new List<string>(), (Exception?)null);
        while (true)
        {
            try
            {
                return (await AnalyseAsync(input, limits, refused, cancellationToken).ConfigureAwait(false), refused, first);
            }
            catch (UnsupportedMediaException error)
                when (error.Data[FfmpegErrors.CodecKey] is string codec && refused.Count < mostRefused && !refused.Contains(codec))
            {
                first ??= error;
                refused.Add(codec);
            }
        }
    }

    private static async Task<IMediaAnalysis> AnalyseAsync(
        MediaInput input, MediaLimits limits, IReadOnlyCollection<string> refused, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var budget = ProcessBudget.For(limits, mediaSeconds: 0, cpuPerSecond: 0);
        using var report = MediaInput.CreateInMemory();
        using var deadline = new CancellationTokenSource(budget.Wall);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var confinement = new Confinement(input, budget, Confinement.PathOf(report), MostReportBytes, onErrorLine: null);
        await using (confinement.ConfigureAwait(false))
        {
            using var kill = either.Token.Register(confinement.Kill);
            try
            {
                var arguments = $"{confinement.Words} {FfmpegArguments.Restrictions(input.Kind)}{FfmpegArguments.MayBeOpened(refused)}";
                return await FFProbe.AnalyseAsync(Input, FfmpegPrograms.Locate().Options, arguments, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw FfmpegErrors.From(exitCode: -1, errors: "", timedOut: true, input.Kind.Name, budget);
            }
            catch (FFProbeProcessException error)
            {
                await confinement.CloseAsync().ConfigureAwait(false);
                throw FfmpegErrors.From(error.ExitCode, confinement.Errors, timedOut: false, input.Kind.Name, budget);
            }
            catch (Exception error) when (FfmpegErrors.IsUnavailable(error))
            {
                throw FfmpegErrors.Unavailable(error);
            }
            catch (Exception error) when (error is JsonException or FormatNullException or FormatException or OverflowException or ArgumentException)
            {
                // The report repeats what the file says of itself, and FFMpegCore takes numbers on trust.
                throw new CorruptMediaException($"The header of the {input.Kind.Name} cannot be understood.", error);
            }
        }
    }

    private static VideoStreamInfo Video(VideoStream stream, MediaLimits limits)
    {
        LimitChecks.Pixels(stream.Width ?? 0, stream.Height ?? 0, limits.MaxPixels);
        var (width, height) = ((double)stream.Width!, (double)stream.Height!);
        var (across, down) = stream.SampleAspectRatio;
        const double mostStretched = 8; // beyond that the header is wrong
        if (across > 0 && down > 0 && (double)across / down is > 1 / mostStretched and < mostStretched)
        {
            width *= (double)across / down;
        }

        if (Math.Abs((stream.Rotation % 180) / 90.0) >= 0.5)
        {
            (width, height) = (height, width);
        }

        var (shownWidth, shownHeight) = (Math.Max(1, (int)Math.Round(width)), Math.Max(1, (int)Math.Round(height)));
        LimitChecks.Pixels(shownWidth, shownHeight, limits.MaxPixels);
        var rate = stream.AverageFrameRate;
        return new VideoStreamInfo(shownWidth, shownHeight, double.IsFinite(rate) && rate > 0 ? rate : 0, stream.CodecName ?? "unknown")
        {
            HighRangeTransfer = stream.ColorTransfer is "smpte2084" or "arib-std-b67" ? stream.ColorTransfer : null,
        };
    }

    /// <summary>The track that FFmpeg would choose among those it can decode: the one marked as default, then the one with most channels.</summary>
    private static AudioSource? Audio(IMediaAnalysis analysis, List<string> refused, MediaLimits limits)
    {
        var streams = analysis.AudioStreams;
        if (streams.Count == 0)
        {
            return null;
        }

        var chosen = streams
            .OrderByDescending(stream => stream.CodecName is { } codec && codec != "unknown" && !refused.Contains(codec))
            .ThenByDescending(stream => Has(stream, "default"))
            .ThenByDescending(stream => stream.Channels ?? 0)
            .First();
        LimitChecks.Sound(chosen.SampleRateHz ?? 0, chosen.Channels ?? 0, limits);
        var start = Clock(analysis.Raw.Streams.First(stream => stream.Index == chosen.Index).StartTime) - Clock(analysis.Raw.Format.StartTime);
        return new AudioSource(chosen.SampleRateHz!.Value, chosen.Channels!.Value, chosen.CodecName ?? "unknown")
        {
            Track = streams.ToList().IndexOf(chosen) + 1,
            Tracks = streams.Count,
            StartSeconds = start > LeastLateness && start <= limits.MaxSeconds ? Math.Round(start, 6) : 0,
        };
    }

    private static bool Has(MediaStream stream, string disposition) => stream.Disposition?.GetValueOrDefault(disposition) == true;

    /// <summary>A time as FFprobe writes it, <c>-0:00:00.007000</c>; FFMpegCore makes 0 of negative ones. 0 if there is none.</summary>
    private static double Clock(string? text)
    {
        var sign = text?.StartsWith('-') == true ? -1 : 1;
        var seconds = 0.0;
        foreach (var part in (text ?? "").TrimStart('-').Split(':'))
        {
            seconds = (seconds * 60) + (double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0);
        }

        return sign * seconds;
    }

    /// <summary>FFMpegCore has 0 for a length that the header does not say.</summary>
    private static double? Seconds(TimeSpan length) => length > TimeSpan.Zero ? length.TotalSeconds : null;
}
