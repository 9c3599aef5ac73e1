using System.Globalization;
using System.Text.Json;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Reads headers through FFprobe and holds them against the limits.</summary>
internal static class Ffprobe
{
    private const int MostReportBytes = 1 << 20;
    private static readonly Uri Input = new("file://" + Confinement.Input);

    /// <summary>The header as the public record, once it is within the limits.</summary>
    public static async Task<MediaInfo> ProbeAsync(MediaInput input, MediaLimits limits, CancellationToken cancellationToken) =>
        Check(await AnalyseAsync(input, limits, cancellationToken).ConfigureAwait(false), input.Kind.Name, limits);

    internal static MediaInfo Check(IMediaAnalysis analysis, string what, MediaLimits limits)
    {
        var video = analysis.VideoStreams.FirstOrDefault(stream => stream.Disposition?.GetValueOrDefault("attached_pic") != true);
        var audio = analysis.AudioStreams.Count > 0 ? analysis.AudioStreams[0] : null;
        var seconds = Seconds(analysis.Format.Duration) ?? Seconds(analysis.Duration);
        LimitChecks.Seconds(seconds ?? 0, limits.MaxSeconds);
        if (analysis.Raw.Streams.Count == 0)
        {
            throw new CorruptMediaException($"The {what} holds neither picture nor sound.");
        }

        return new MediaInfo
        {
            Container = analysis.Format.FormatName,
            Seconds = seconds,
            Video = video is null ? null : Picture(video, limits),
            Audio = audio is null ? null : Sound(audio, limits),
        };
    }

    /// <summary>The header as FFMpegCore reads it; nothing is held against the limits yet.</summary>
    public static async Task<IMediaAnalysis> AnalyseAsync(MediaInput input, MediaLimits limits, CancellationToken cancellationToken)
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
                return await FFProbe.AnalyseAsync(
                    Input, FfmpegPrograms.Locate().Options, $"{confinement.Words} {FfmpegArguments.Restrictions(input.Kind)}", either.Token).ConfigureAwait(false);
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

    private static VideoStreamInfo Picture(VideoStream stream, MediaLimits limits)
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
        return new VideoStreamInfo(shownWidth, shownHeight, double.IsFinite(rate) && rate > 0 ? rate : 0, stream.CodecName ?? "unknown");
    }

    private static AudioSource Sound(AudioStream stream, MediaLimits limits)
    {
        LimitChecks.Sound(stream.SampleRateHz ?? 0, stream.Channels ?? 0, limits);
        return new AudioSource(stream.SampleRateHz!.Value, stream.Channels!.Value, stream.CodecName ?? "unknown");
    }

    /// <summary>FFMpegCore has 0 for a length that the header does not say.</summary>
    private static double? Seconds(TimeSpan length) => length > TimeSpan.Zero ? length.TotalSeconds : null;
}
