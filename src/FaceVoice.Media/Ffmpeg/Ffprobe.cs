using System.Globalization;
using System.Text.Json;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Reads headers through FFprobe and holds them against the limits.</summary>
internal static class Ffprobe
{
    private const int MostReportBytes = 1 << 20;
    private const string Fields =
        "format=format_name,duration"
        + ":stream=codec_type,codec_name,width,height,sample_aspect_ratio,avg_frame_rate,duration,sample_rate,channels"
        + ":stream_disposition=attached_pic:stream_side_data=rotation";

    public static async Task<MediaInfo> ProbeAsync(MediaInput input, MediaLimits limits, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", input.Kind.Demuxers, "-codec_whitelist", CodecAllowList.Value,
            .. FfmpegArguments.ForcedDemuxer(input.Kind),
            "-show_entries", Fields, "-of", "json=compact=1", SandboxedProcess.Input,
        ];
        var budget = ProcessBudget.For(limits, mediaSeconds: 0, cpuPerSecond: 0);
        var process = SandboxedProcess.Start(FfmpegPrograms.Locate().Ffprobe, input.Path, arguments, budget, onErrorLine: null, cancellationToken);
        await using (process.ConfigureAwait(false))
        {
            var json = await ReadAllAsync(process.Output, input.Kind.Name).ConfigureAwait(false);
            await process.EnsureSucceededAsync(input.Kind.Name, cancellationToken).ConfigureAwait(false);
            var report = Parse(json, input.Kind.Name);
            return Check(report, input.Kind.Name, limits);
        }
    }

    /// <summary>The report as the public record, once it is within the limits.</summary>
    internal static MediaInfo Check(FfprobeReport report, string what, MediaLimits limits)
    {
        var streams = report.Streams ?? [];
        var video = streams.FirstOrDefault(stream => stream is { CodecType: "video", Disposition: not { AttachedPic: 1 } });
        var audio = streams.FirstOrDefault(stream => stream.CodecType == "audio");
        var seconds = Seconds(report.Format?.Duration) ?? streams.Select(stream => Seconds(stream.Duration)).Max();
        LimitChecks.Seconds(seconds ?? 0, limits.MaxSeconds);
        if (streams.Count == 0)
        {
            throw new CorruptMediaException($"The {what} holds neither picture nor sound.");
        }

        return new MediaInfo
        {
            Container = report.Format?.FormatName ?? what,
            Seconds = seconds,
            Video = video is null ? null : Picture(video, limits),
            Audio = audio is null ? null : Sound(audio, limits),
        };
    }

    private static VideoStreamInfo Picture(FfprobeStream stream, MediaLimits limits)
    {
        LimitChecks.Pixels(stream.Width, stream.Height, limits.MaxPixels);
        var (width, height) = ((double)stream.Width, (double)stream.Height);
        var aspect = Ratio(stream.SampleAspectRatio, ':');
        const double mostStretched = 8; // beyond that the header is wrong
        if (aspect is > 1 / mostStretched and < mostStretched)
        {
            width *= aspect;
        }

        var rotation = stream.SideDataList?.Select(side => side.Rotation).FirstOrDefault(angle => angle != 0) ?? 0;
        if (Math.Abs((rotation % 180) / 90) >= 0.5)
        {
            (width, height) = (height, width);
        }

        var (shownWidth, shownHeight) = (Math.Max(1, (int)Math.Round(width)), Math.Max(1, (int)Math.Round(height)));
        LimitChecks.Pixels(shownWidth, shownHeight, limits.MaxPixels);
        return new VideoStreamInfo(shownWidth, shownHeight, Ratio(stream.AvgFrameRate, '/'), stream.CodecName ?? "unknown");
    }

    private static AudioSource Sound(FfprobeStream stream, MediaLimits limits)
    {
        _ = int.TryParse(stream.SampleRate, NumberStyles.None, CultureInfo.InvariantCulture, out var rate);
        LimitChecks.Sound(rate, stream.Channels, limits);
        return new AudioSource(rate, stream.Channels, stream.CodecName ?? "unknown");
    }

    private static double? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds) && seconds > 0 ? seconds : null;

    private static double Ratio(string? text, char separator)
    {
        var parts = (text ?? "").Split(separator);
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var above)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var below)
            && above > 0 && below > 0
            ? above / below
            : 0;
    }

    private static FfprobeReport Parse(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FfprobeJson.Default.FfprobeReport) ?? new FfprobeReport(null, null);
        }
        catch (JsonException error)
        {
            throw new CorruptMediaException($"The header of the {what} cannot be understood.", error);
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream output, string what)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 << 10];
        int count;
        while ((count = await output.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
        {
            if (all.Length + count > MostReportBytes)
            {
                throw new MediaLimitException($"The header of the {what} describes too many streams.");
            }

            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
