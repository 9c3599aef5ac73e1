using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;
using FaceVoice.Media.Ffmpeg;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Audio.InProcess;

/// <summary>
/// Decodes short recordings in everyday codecs by managed code: starting FFmpeg costs a hundred times what decoding them does. All or nothing: a
/// recording that is long, unusual, damaged or cut off is left to FFmpeg, which has the last word on every file.
/// </summary>
/// <remarks>
/// Everything is counted before anything is decoded, so memory is bounded by <see cref="MostBytes"/> and <see cref="MostSeconds"/>; cancelling and
/// the limit on time act between packets, of which the longest holds 120 ms.
/// </remarks>
internal static class InProcessDecoder
{
    /// <summary>The largest file; longer recordings are cheaper in FFmpeg.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>The longest recording, in seconds.</summary>
    public const double MostSeconds = 60;

    private const double CpuPerSecond = 0.25;
    private const float LargestMagnitude = 128;

    /// <summary>Whether a file of this kind and size is worth a try.</summary>
    public static bool Serves(MediaKind kind, long length) =>
        length <= MostBytes && (kind == MediaSignature.Ogg || kind == MediaSignature.Matroska || kind == MediaSignature.MpegAudio);

    /// <summary>Decodes a recording; null leaves it to FFmpeg.</summary>
    /// <param name="media">A whole file.</param>
    /// <param name="kind">What its first bytes tell.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <param name="maxSeconds">The longest recording that is decoded.</param>
    /// <param name="cancellationToken">Stops between packets.</param>
    /// <exception cref="MediaLimitException">It is larger, longer or dearer than allowed.</exception>
    public static DecodedAudio? TryDecode(ReadOnlyMemory<byte> media, MediaKind kind, MediaLimits limits, double maxSeconds, CancellationToken cancellationToken)
    {
        if (Find(media, kind) is not { } audio || audio.Frames - audio.Skipped - audio.Dropped <= 0)
        {
            return null;
        }

        LimitChecks.Sound(audio.SampleRate, audio.Channels, limits);
        var seconds = (double)audio.Frames / audio.SampleRate;
        LimitChecks.Seconds((double)(audio.Frames - audio.Skipped - audio.Dropped) / audio.SampleRate, maxSeconds);
        if (seconds > MostSeconds)
        {
            return null;
        }

        var total = (int)audio.Frames * audio.Channels;
        var samples = ArrayPool<float>.Shared.Rent(total);
        var kept = false;
        try
        {
            kept = TryDecode(audio, samples.AsMemory(0, total), ProcessBudget.For(limits, seconds, CpuPerSecond), cancellationToken);
            return kept
                ? new DecodedAudio(
                    samples,
                    (int)audio.Skipped * audio.Channels,
                    total - ((int)audio.Dropped * audio.Channels),
                    new AudioSource(audio.SampleRate, audio.Channels, audio.Codec))
                : null;
        }
        finally
        {
            if (!kept)
            {
                ArrayPool<float>.Shared.Return(samples);
            }
        }
    }

    private static IPacketAudio? Find(ReadOnlyMemory<byte> media, MediaKind kind)
    {
        if (kind == MediaSignature.Ogg)
        {
            return OggFile.TryParse(media) is { } ogg ? OpusAudio.FromOgg(ogg) : null;
        }

        return kind == MediaSignature.Matroska
            ? WebmFile.TryParse(media) is { } webm ? OpusAudio.FromWebm(webm) : null
            : Mp3Audio.TryParse(media);
    }

    private static bool TryDecode(IPacketAudio audio, Memory<float> samples, ProcessBudget budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            audio.Decode(
                samples,
                () =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Stopwatch.GetElapsedTime(started) > budget.Wall)
                    {
                        throw FfmpegErrors.From(exitCode: -1, errors: "", timedOut: true, audio.Codec, budget);
                    }
                });
            return TensorPrimitives.MaxMagnitude<float>(samples.Span) <= LargestMagnitude; // false for what is not a number
        }
        catch (Exception error) when (error is not (OperationCanceledException or MediaLimitException or OutOfMemoryException))
        {
            // Decoders meet damage with exceptions of all kinds. FFmpeg conceals or refuses it, and has the words for that.
            return false;
        }
    }
}
