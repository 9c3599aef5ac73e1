using System.Runtime.CompilerServices;
using FaceVoice.Media.Audio;
using FaceVoice.Media.Signatures;

namespace FaceVoice.Media.Ffmpeg;

/// <summary>Reads the WAV that an FFmpeg process writes.</summary>
internal static class FfmpegSound
{
    public static async IAsyncEnumerable<MonoBlock> ReadAsync(
        FfmpegProcess process,
        MediaKind kind,
        MediaLimits limits,
        AudioSource source,
        double maxSeconds,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A process that fails before the header leaves an empty pipe: its own account of the failure is the one to give.
        WavReader? wav = null;
        try
        {
            wav = await WavReader.TryOpenAsync(process.Output, length: null, limits, CancellationToken.None).ConfigureAwait(false);
        }
        catch (CorruptMediaException)
        {
            await process.EnsureSucceededAsync(kind.Name, cancellationToken).ConfigureAwait(false);
            throw MonoStream.NoSamples();
        }

        if (wav is null)
        {
            throw new CorruptMediaException($"The sound of the {kind.Name} cannot be decoded.");
        }

        // Reading is not cancelled by itself: cancelling kills the process, and the pipe ends.
        await foreach (var block in MonoStream.ReadAsync(wav, maxSeconds, CancellationToken.None, source).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return block;
        }

        await process.EnsureSucceededAsync(kind.Name, cancellationToken).ConfigureAwait(false);
    }
}
