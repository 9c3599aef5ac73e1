namespace FaceVoice.Media.Audio;

/// <summary>Decoded samples of one audio track at its own rate and channels, read once from beginning to end. Not thread-safe.</summary>
internal abstract class PcmReader : IAsyncDisposable
{
    /// <summary>Gets what is read.</summary>
    public abstract AudioSource Source { get; }

    /// <summary>Gets the length that the header promises, in seconds; null if it does not say, or if the file cannot be shorter.</summary>
    public abstract double? PromisedSeconds { get; }

    /// <summary>Reads the next samples.</summary>
    /// <param name="interleaved">Receives whole frames, one sample for each channel in turn, nominally in [-1, 1], always finite.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>How many frames were read; 0 at the end.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<float> interleaved, CancellationToken cancellationToken);

    /// <summary>Called once the end was read: throws if that end was a failure.</summary>
    /// <param name="readSeconds">How much was read, in seconds.</param>
    /// <param name="isShort">Whether that is less than <see cref="PromisedSeconds"/> says.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The promised length, better known perhaps if it is in doubt.</returns>
    public virtual Task<double?> CompleteAsync(double readSeconds, bool isShort, CancellationToken cancellationToken) =>
        Task.FromResult(PromisedSeconds);

    /// <summary>Lets go of whatever the samples come from.</summary>
    public abstract ValueTask DisposeAsync();
}
