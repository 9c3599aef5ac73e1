using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using FaceVoice.Media.Ffmpeg;

namespace FaceVoice.Media;

/// <summary>Reads headers and single frames of video. Thread-safe; share one.</summary>
/// <remarks>
/// FFmpeg runs in a process of its own that may use only what <see cref="MediaLimits"/> allows; cancelling, or no longer reading, kills it.
/// Frames are upright and have square pixels, whatever the file's rotation and pixel shape.
/// </remarks>
/// <param name="limits">What a video may ask for; read at each call.</param>
public sealed class VideoReader(MediaLimits limits)
{
    /// <summary>The most times that one call takes.</summary>
    public const int MaxTimes = 1_024;

    private readonly MediaLimits _limits = limits ?? throw new ArgumentNullException(nameof(limits));

    /// <summary>Reads the header of a file and holds it against the limits.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="UnsupportedMediaException">It is neither sound nor video, or in a codec that is not read.</exception>
    /// <exception cref="CorruptMediaException">It is damaged, cut off or empty.</exception>
    /// <exception cref="MediaLimitException">It is larger, longer or dearer than allowed.</exception>
    /// <exception cref="FfmpegUnavailableException">FFmpeg is missing.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async Task<MediaInfo> ProbeAsync(string path, CancellationToken cancellationToken = default)
    {
        using var input = MediaInput.FromFile(path, _limits);
        return await Ffprobe.ProbeAsync(input, _limits, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the header of media in memory and holds it against the limits.</summary>
    /// <param name="media">A whole sound or video file.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <inheritdoc cref="ProbeAsync(string, CancellationToken)" path="/exception[@cref!='T:System.IO.FileNotFoundException']"/>
    public async Task<MediaInfo> ProbeAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        using var input = MediaInput.FromMemory(media, _limits);
        return await Ffprobe.ProbeAsync(input, _limits, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the length of a video whose header does not tell it, by reading all of its packets without decoding any.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The length of the picture, in seconds.</returns>
    /// <inheritdoc cref="ProbeAsync(string, CancellationToken)" path="/exception"/>
    public async Task<double> MeasureSecondsAsync(string path, CancellationToken cancellationToken = default)
    {
        using var input = MediaInput.FromFile(path, _limits);
        var budget = ProcessBudget.For(_limits, mediaSeconds: null, cpuPerSecond: 0.05);
        var process = FfmpegProcess.Start(
            input, budget, options => options.Restrict(input.Kind, _limits), options => options.MeasureLength(), onErrorLine: null, cancellationToken);
        await using (process.ConfigureAwait(false))
        {
            var seconds = await LastProgressAsync(process.Output).ConfigureAwait(false);
            await process.EnsureSucceededAsync(input.Kind.Name, cancellationToken).ConfigureAwait(false);
            LimitChecks.Seconds(seconds, _limits.MaxSeconds);
            return seconds;
        }
    }

    /// <summary>Decodes a video once, from its beginning, and gives the first frame at or after each wanted time.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <param name="times">
    /// Ascending, in seconds, 0 or more; at most <see cref="MaxTimes"/>. Times that meet the same frame give it once; times after the last
    /// frame give none.
    /// </param>
    /// <param name="options">Size and speed; null for the defaults.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The frames in order, one in memory at a time; the receiver disposes each.</returns>
    /// <inheritdoc cref="ProbeAsync(string, CancellationToken)" path="/exception"/>
    /// <exception cref="MissingStreamException">It has no picture.</exception>
    /// <exception cref="ArgumentException"><paramref name="times"/> is empty, too long, not ascending, negative or not finite.</exception>
    public IAsyncEnumerable<VideoFrame> ReadFramesAsync(
        string path, IReadOnlyList<double> times, VideoFrameOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckTimes(times);
        return ReadAsync(MediaInput.FromFile(path, _limits), times, options ?? new VideoFrameOptions(), cancellationToken);
    }

    /// <summary>The same for a video in memory.</summary>
    /// <param name="media">A whole video file.</param>
    /// <param name="times">As for a file.</param>
    /// <param name="options">Size and speed; null for the defaults.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The frames in order, one in memory at a time; the receiver disposes each.</returns>
    /// <inheritdoc cref="ReadFramesAsync(string, IReadOnlyList{double}, VideoFrameOptions?, CancellationToken)" path="/exception[@cref!='T:System.IO.FileNotFoundException']"/>
    public IAsyncEnumerable<VideoFrame> ReadFramesAsync(
        ReadOnlyMemory<byte> media, IReadOnlyList<double> times, VideoFrameOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckTimes(times);
        return ReadAsync(MediaInput.FromMemory(media, _limits), times, options ?? new VideoFrameOptions(), cancellationToken);
    }

    private static void CheckTimes(IReadOnlyList<double> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        ArgumentOutOfRangeException.ThrowIfZero(times.Count, nameof(times));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(times.Count, MaxTimes, nameof(times));
        var previous = 0.0;
        foreach (var time in times)
        {
            if (!double.IsFinite(time) || time < previous)
            {
                throw new ArgumentException($"Times must be finite, not negative and ascending; {time} follows {previous}.", nameof(times));
            }

            previous = time;
        }
    }

    private async IAsyncEnumerable<VideoFrame> ReadAsync(
        MediaInput input, IReadOnlyList<double> times, VideoFrameOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const double cpuPerSecond = 10; // 4K HEVC on one slow core
        using var owned = input;
        var info = options.Info ?? await Ffprobe.ProbeAsync(input, _limits, cancellationToken).ConfigureAwait(false);
        if (info.Video is not { } video)
        {
            throw new MissingStreamException($"The {input.Kind.Name} has no picture.");
        }

        var (width, height) = Fit(video, options.MaxSide);
        var transfer = video.IsHighDynamicRange && FfmpegPrograms.Locate().MapsTones ? video.HighRangeTransfer : null;
        var frames = new FfmpegFrames(input, width, height, transfer, _limits, ProcessBudget.For(_limits, info.Seconds, cpuPerSecond));
        await foreach (var frame in frames.ReadAsync(times, options.KeyFramesOnly, cancellationToken).ConfigureAwait(false))
        {
            yield return frame;
        }
    }

    internal static (int Width, int Height) Fit(VideoStreamInfo video, int? maxSide)
    {
        var longest = Math.Max(video.Width, video.Height);
        if (maxSide is not { } side || longest <= side)
        {
            return (video.Width, video.Height);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1, nameof(maxSide));
        var scale = (double)side / longest;
        return (Math.Max(1, (int)Math.Round(video.Width * scale)), Math.Max(1, (int)Math.Round(video.Height * scale)));
    }

    /// <summary>FFmpeg's progress report is lines of <c>key=value</c>; the last <c>out_time_us</c> is the end of the last packet.</summary>
    private static async Task<double> LastProgressAsync(Stream output)
    {
        const string key = "out_time_us=";
        using var reader = new StreamReader(output, Encoding.ASCII);
        var seconds = 0.0;
        while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(key, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(key.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var microseconds))
            {
                seconds = Math.Max(seconds, microseconds / 1e6);
            }
        }

        return seconds;
    }
}
