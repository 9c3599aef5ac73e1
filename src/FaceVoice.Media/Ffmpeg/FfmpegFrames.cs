using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Reads raw frames from FFmpeg's standard output and their times from its standard error; the two have the same order.</summary>
internal sealed partial class FfmpegFrames(
    MediaInput input, int width, int height, string? highRangeTransfer, MediaLimits limits, ProcessBudget budget)
{
    public async IAsyncEnumerable<VideoFrame> ReadAsync(
        IReadOnlyList<double> wanted, bool keyFramesOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var times = Channel.CreateUnbounded<double>();
        var process = FfmpegProcess.Start(
            input,
            budget,
            options => options.Restrict(input.Kind, limits).WithCustomArgument(keyFramesOnly ? "-skip_frame nokey" : ""),
            options => options.DecodeFrames(wanted, width, height, highRangeTransfer),
            line => TakeTime(line, times.Writer),
            cancellationToken);
        await using (process.ConfigureAwait(false))
        {
            _ = process.ErrorsEnded.ContinueWith(_ => times.Writer.TryComplete(), TaskScheduler.Default);
            var any = false;
            while (await ReadFrameAsync(process.Output, times.Reader).ConfigureAwait(false) is { } frame)
            {
                any = true;
                yield return frame;
            }

            await process.EnsureSucceededAsync(input.Kind.Name, cancellationToken).ConfigureAwait(false);
            if (!any)
            {
                throw new CorruptMediaException($"No frame of the {input.Kind.Name} can be decoded at the wanted times.");
            }
        }
    }

    /// <summary>Takes the lines of FFmpeg's <c>metadata</c> filter: a frame's time, and the mark that made the filter print it.</summary>
    private static bool TakeTime(string line, ChannelWriter<double> times) =>
        line == FfmpegArguments.FrameMark
        || (FrameTime().Match(line) is { Success: true } match
            && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && times.TryWrite(seconds));

    /// <summary>
    /// The next frame, or null at the end; a frame cut short by the end of the process is dropped. FFmpeg writes a frame's time before
    /// its pixels, so the time is there or on its way.
    /// </summary>
    private async Task<VideoFrame?> ReadFrameAsync(Stream output, ChannelReader<double> times)
    {
        var image = RgbImage.Allocate(width, height);
        var kept = false;
        try
        {
            var pixels = image.PixelMemory;
            var count = await output.ReadAtLeastAsync(pixels, pixels.Length, throwOnEndOfStream: false, CancellationToken.None).ConfigureAwait(false);
            if (count < pixels.Length || !await times.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return null;
            }

            kept = times.TryRead(out var seconds);
            return kept ? new VideoFrame(seconds, image) : null;
        }
        finally
        {
            if (!kept)
            {
                image.Dispose();
            }
        }
    }

    [GeneratedRegex(@"^frame:\d+\s+pts:\S+\s+pts_time:(-?[0-9.]+)")]
    private static partial Regex FrameTime();
}
