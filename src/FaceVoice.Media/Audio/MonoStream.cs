using System.Buffers;
using System.Runtime.CompilerServices;

namespace FaceVoice.Media.Audio;

/// <summary>From WAV samples at any rate to blocks of 16 kHz.</summary>
internal static class MonoStream
{
    private const int BlockSamples = 16_384;

    /// <summary>Reads to the end, counting against the limit as it goes.</summary>
    public static async IAsyncEnumerable<MonoBlock> ReadAsync(
        WavReader wav, double maxSeconds, [EnumeratorCancellation] CancellationToken cancellationToken, AudioSource? source = null)
    {
        var input = new float[BlockSamples];
        var output = new ArrayBufferWriter<float>(BlockSamples);
        var rate = wav.Format.SampleRate;
        var resampler = rate == AudioClip.SampleRate ? null : new PolyphaseResampler(rate);
        long received = 0;
        int count;
        while ((count = await wav.ReadMonoAsync(input, cancellationToken).ConfigureAwait(false)) > 0)
        {
            LimitChecks.Seconds((double)(received += count) / rate, maxSeconds);
            if (resampler is null)
            {
                yield return new MonoBlock(input.AsMemory(0, count), source);
                continue;
            }

            output.ResetWrittenCount();
            resampler.Process(input.AsSpan(0, count), output);
            yield return new MonoBlock(output.WrittenMemory, source);
        }

        if (resampler is not null && received > 0)
        {
            output.ResetWrittenCount();
            resampler.Finish(output);
            yield return new MonoBlock(output.WrittenMemory, source);
        }
    }

    public static CorruptMediaException NoSamples() => new("The recording holds no sound samples at all.");
}
