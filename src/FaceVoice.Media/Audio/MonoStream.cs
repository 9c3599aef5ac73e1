using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace FaceVoice.Media.Audio;

/// <summary>From decoded samples at any rate and channels to blocks of mono 16 kHz.</summary>
internal static class MonoStream
{
    private const int BlockFrames = 16_384;
    private const double DecisionSeconds = 10; // over which the channel mixer decides at once
    private const int MostHeldSamples = 4 << 20;
    private const double CompletenessTolerance = 0.25; // seconds: encoders add and cut some

    /// <summary>Reads to the end, counting against the limit as it goes.</summary>
    /// <param name="reader">The samples; completed here, but not disposed.</param>
    /// <param name="maxSeconds">The most that is read.</param>
    /// <param name="strict">Whether a recording that is shorter than promised is refused.</param>
    /// <param name="doubts">Receives what is doubtful.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Blocks, each valid until the next is asked for.</returns>
    public static async IAsyncEnumerable<ReadOnlyMemory<float>> ReadAsync(
        PcmReader reader, double maxSeconds, bool strict, AudioDoubts doubts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (rate, channels) = (reader.Source.SampleRate, reader.Source.Channels);
        var mixer = new ChannelMixer(channels);
        var resampler = rate == AudioClip.SampleRate ? null : new PolyphaseResampler(rate);
        var output = new ArrayBufferWriter<float>(BlockFrames);
        var held = new ArrayBufferWriter<float>(BlockFrames * channels);
        var decision = channels == 1 ? 1 : (int)Math.Min(rate * DecisionSeconds, MostHeldSamples / channels) * channels;
        var mono = Array.Empty<float>();
        var (frames, told) = (0L, false);
        for (var isEnd = false; !isEnd;)
        {
            var count = await reader.ReadAsync(held.GetMemory(BlockFrames * channels)[..(BlockFrames * channels)], cancellationToken).ConfigureAwait(false);
            held.Advance(count * channels);
            LimitChecks.Seconds((double)(frames += count) / rate, maxSeconds);
            isEnd = count == 0;
            if (held.WrittenCount < decision && !isEnd)
            {
                continue;
            }

            var ready = held.WrittenCount / channels;
            if (mono.Length < ready)
            {
                mono = new float[ready];
            }

            mixer.Mix(held.WrittenSpan, mono.AsSpan(0, ready));
            held.ResetWrittenCount();
            if (mixer.Channel is { } chosen && !told)
            {
                told = true;
                doubts.Warnings.Add($"Its {channels} channels cancel or hold different audio; channel {chosen} alone is used.");
            }

            if (mixer.OtherVoice is { } other && !doubts.HoldsTwoVoices)
            {
                doubts.HoldsTwoVoices = true;
                doubts.Warnings.Add($"Its channels {mixer.Channel} and {other} seem to hold two voices; that of channel {mixer.Channel} is used.");
            }

            if (resampler is null)
            {
                yield return mono.AsMemory(0, ready);
                continue;
            }

            output.ResetWrittenCount();
            resampler.Process(mono.AsSpan(0, ready), output);
            if (isEnd && frames > 0)
            {
                resampler.Finish(output);
            }

            yield return output.WrittenMemory;
        }

        var read = (double)frames / rate;
        var promised = await reader.CompleteAsync(read, IsShort(reader.PromisedSeconds, read), cancellationToken).ConfigureAwait(false);
        if (!IsShort(promised, read))
        {
            yield break;
        }

        var message = string.Create(CultureInfo.InvariantCulture, $"The recording is cut off: its header promises {promised:F1} s of audio, {read:F1} s are there.");
        if (strict)
        {
            throw new CorruptMediaException(message);
        }

        doubts.Warnings.Add(message);
    }

    public static CorruptMediaException NoSamples() => new("The recording holds no audio samples at all.");

    private static bool IsShort(double? promised, double read) => promised - read > CompletenessTolerance;
}

/// <summary>What is doubtful in the audio that was read so far.</summary>
internal sealed class AudioDoubts
{
    /// <summary>Gets sentences for people.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Gets or sets whether channels hold different voices.</summary>
    public bool HoldsTwoVoices { get; set; }
}
