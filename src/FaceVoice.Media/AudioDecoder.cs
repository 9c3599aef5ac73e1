using System.Buffers;
using System.Runtime.CompilerServices;
using FaceVoice.Media.Audio;
using FaceVoice.Media.Ffmpeg;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media;

/// <summary>Turns any sound, and the sound of any video, into mono 16 kHz float. Thread-safe; share one.</summary>
/// <remarks>
/// Channels are averaged; the rate is changed by a linear-phase windowed-sinc filter without delay. PCM and float WAV are read without
/// starting FFmpeg; everything else goes through it, in a process of its own that may use only what <see cref="MediaLimits"/> allows.
/// Cancelling kills that process before the call returns.
/// </remarks>
/// <param name="limits">What a recording may ask for; read at each call.</param>
public sealed class AudioDecoder(MediaLimits limits)
{
    private readonly MediaLimits _limits = limits ?? throw new ArgumentNullException(nameof(limits));

    /// <summary>Decodes sound in memory.</summary>
    /// <param name="media">A whole sound or video file.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The first sound stream; never empty.</returns>
    /// <exception cref="UnsupportedMediaException">It is neither sound nor video, or in a codec that is not read.</exception>
    /// <exception cref="CorruptMediaException">It is damaged, cut off or empty.</exception>
    /// <exception cref="MediaLimitException">It is larger, longer or dearer than allowed.</exception>
    /// <exception cref="MissingStreamException">It has no sound.</exception>
    /// <exception cref="FfmpegUnavailableException">FFmpeg is needed and missing.</exception>
    public async Task<AudioClip> DecodeAsync(ReadOnlyMemory<byte> media, CancellationToken cancellationToken = default)
    {
        LimitChecks.Bytes(media.Length, _limits.MaxBytes);
        if (MediaSignature.Detect(media.Span[..Math.Min(media.Length, MediaSignature.HeadBytes)]) == MediaSignature.Wav)
        {
            using var stream = new ReadOnlyMemoryStream(media);
            if (await WavReader.TryOpenAsync(stream, media.Length, _limits, cancellationToken).ConfigureAwait(false) is { } wav)
            {
                return await CollectAsync(wav, SourceOf(wav), cancellationToken).ConfigureAwait(false);
            }
        }

        using var input = MediaInput.FromMemory(media, _limits);
        return await DecodeByFfmpegAsync(input, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The first sound stream; never empty.</returns>
    /// <inheritdoc cref="DecodeAsync" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async Task<AudioClip> DecodeFileAsync(string path, CancellationToken cancellationToken = default)
    {
        using var input = MediaInput.FromFile(path, _limits);
        if (input.Kind == MediaSignature.Wav)
        {
            using var stream = BoundedFile.OpenStream(path, _limits.MaxFileBytes);
            using var buffered = new BufferedStream(stream, 64 << 10);
            if (await WavReader.TryOpenAsync(buffered, stream.Length, _limits, cancellationToken).ConfigureAwait(false) is { } wav)
            {
                return await CollectAsync(wav, SourceOf(wav), cancellationToken).ConfigureAwait(false);
            }
        }

        return await DecodeByFfmpegAsync(input, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decodes a long file piece by piece, in order, in constant memory; FFmpeg is stopped when the caller stops reading.</summary>
    /// <param name="path">The file; its name may hold any characters.</param>
    /// <param name="chunkSeconds">Length of each piece but the last, in seconds, 0.1 or more.</param>
    /// <param name="cancellationToken">Stops decoding.</param>
    /// <returns>The pieces; at least one.</returns>
    /// <inheritdoc cref="DecodeAsync" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async IAsyncEnumerable<AudioChunk> ReadChunksAsync(
        string path, double chunkSeconds, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSeconds, 0.1);
        using var input = MediaInput.FromFile(path, _limits);
        using var file = input.Kind == MediaSignature.Wav ? BoundedFile.OpenStream(path, _limits.MaxFileBytes) : null;
        using var buffered = file is null ? null : new BufferedStream(file, 64 << 10);
        var wav = buffered is null ? null : await WavReader.TryOpenAsync(buffered, file!.Length, _limits, cancellationToken).ConfigureAwait(false);
        var blocks = wav is not null
            ? MonoStream.ReadAsync(wav, _limits.MaxSeconds, cancellationToken)
            : ReadByFfmpegAsync(input, _limits.MaxSeconds, cancellationToken);
        var source = wav is null ? null : SourceOf(wav);
        var chunkSamples = (int)Math.Min(Math.Round(chunkSeconds * AudioClip.SampleRate), Array.MaxLength);
        var pending = new ArrayBufferWriter<float>(chunkSamples);
        long emitted = 0;
        await foreach (var block in blocks.ConfigureAwait(false))
        {
            source ??= block.Source;
            for (var rest = block.Samples; rest.Length > 0;)
            {
                var taken = Math.Min(rest.Length, chunkSamples - pending.WrittenCount);
                pending.Write(rest.Span[..taken]);
                rest = rest[taken..];
                if (pending.WrittenCount == chunkSamples)
                {
                    yield return Emit();
                }
            }
        }

        if (pending.WrittenCount > 0)
        {
            yield return Emit();
        }
        else if (emitted == 0)
        {
            throw MonoStream.NoSamples();
        }

        AudioChunk Emit()
        {
            var chunk = new AudioChunk((double)emitted / AudioClip.SampleRate, new AudioClip(pending.WrittenSpan.ToArray(), source));
            emitted += pending.WrittenCount;
            pending.ResetWrittenCount();
            return chunk;
        }
    }

    private static AudioSource SourceOf(WavReader wav) => new(wav.Format.SampleRate, wav.Format.Channels, wav.Format.Codec);

    private async Task<AudioClip> CollectAsync(WavReader wav, AudioSource source, CancellationToken cancellationToken)
    {
        LimitChecks.Seconds(wav.Seconds ?? 0, _limits.MaxClipSeconds);
        return await CollectAsync(MonoStream.ReadAsync(wav, _limits.MaxClipSeconds, cancellationToken), wav.Seconds, source).ConfigureAwait(false);
    }

    private static async Task<AudioClip> CollectAsync(IAsyncEnumerable<MonoBlock> blocks, double? seconds, AudioSource? source)
    {
        // The header is a hint only: a false one must not reserve memory that the data never fill.
        var samples = new ArrayBufferWriter<float>((int)(Math.Clamp(seconds ?? 0, 1, 60) * AudioClip.SampleRate) + 1);
        await foreach (var block in blocks.ConfigureAwait(false))
        {
            source ??= block.Source;
            samples.Write(block.Samples.Span);
        }

        return samples.WrittenCount > 0 ? new AudioClip(samples.WrittenMemory, source) : throw MonoStream.NoSamples();
    }

    private Task<AudioClip> DecodeByFfmpegAsync(MediaInput input, CancellationToken cancellationToken) =>
        CollectAsync(ReadByFfmpegAsync(input, _limits.MaxClipSeconds, cancellationToken), seconds: null, source: null);

    private async IAsyncEnumerable<MonoBlock> ReadByFfmpegAsync(
        MediaInput input, double maxSeconds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const double cpuPerSecond = 0.25; // several times what the slowest codec of the list takes
        var probed = await Ffprobe.ProbeAsync(input, _limits, cancellationToken).ConfigureAwait(false);
        if (probed.Audio is not { } source)
        {
            throw new MissingStreamException($"The {input.Kind.Name} has no sound.");
        }

        LimitChecks.Seconds(probed.Seconds ?? 0, maxSeconds);
        var budget = ProcessBudget.For(_limits, probed.Seconds, cpuPerSecond);
        var process = FfmpegProcess.Start(
            input, budget, options => options.Restrict(input.Kind, _limits), options => options.DecodeSound(), onErrorLine: null, cancellationToken);
        await using (process.ConfigureAwait(false))
        {
            await foreach (var block in FfmpegSound.ReadAsync(process, input.Kind, _limits, source, maxSeconds, cancellationToken).ConfigureAwait(false))
            {
                yield return block;
            }
        }
    }
}
