using System.Buffers;

namespace FaceVoice.Media.Audio.InProcess;

/// <summary>Samples that are decoded already, in pooled memory.</summary>
internal sealed class DecodedAudio : PcmReader
{
    private readonly float[] _samples;
    private readonly int _end;
    private int _position;

    /// <summary>Takes over a buffer of the shared pool.</summary>
    /// <param name="samples">The buffer.</param>
    /// <param name="start">The first sample in it that counts.</param>
    /// <param name="end">The sample after the last one that counts.</param>
    /// <param name="source">What the samples are.</param>
    public DecodedAudio(float[] samples, int start, int end, AudioSource source)
    {
        (_samples, _position, _end, Source) = (samples, start, end, source);
    }

    /// <inheritdoc/>
    public override AudioSource Source { get; }

    /// <inheritdoc/>
    public override double? PromisedSeconds => null; // files that are cut off are not decoded in this process

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<float> interleaved, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var frames = Math.Min(interleaved.Length, _end - _position) / Source.Channels;
        _samples.AsSpan(_position, frames * Source.Channels).CopyTo(interleaved.Span);
        _position += frames * Source.Channels;
        return ValueTask.FromResult(frames);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        ArrayPool<float>.Shared.Return(_samples);
        return ValueTask.CompletedTask;
    }
}
