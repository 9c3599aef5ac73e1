using System.Globalization;
using FaceVoice.Models;

namespace FaceVoice.Inference;

/// <summary>
/// The media can be read, but there is nothing in it to make an embedding of. The message says what was found and what is needed.
/// </summary>
public abstract class UnusableMediaException : Exception
{
    private protected UnusableMediaException(string message)
        : base(message)
    {
    }
}

/// <summary>No face was found in an image.</summary>
public sealed class NoFaceException : UnusableMediaException
{
    internal NoFaceException(int width, int height)
        : base($"No face was found in an image of {width}x{height} pixels; needed is a face at least 3 % of the image's width.")
    {
    }
}

/// <summary>A recording has too little speech.</summary>
public sealed class NoSpeechException : UnusableMediaException
{
    internal NoSpeechException(double seconds, double speechSeconds, double neededSeconds)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The recording of {seconds:0.##} s has {speechSeconds:0.##} s of speech; "
            + $"needed are {neededSeconds:0.##} s within one window."))
    {
        SpeechSeconds = speechSeconds;
        NeededSeconds = neededSeconds;
    }

    /// <summary>Gets the speech that was found, in seconds.</summary>
    public double SpeechSeconds { get; }

    /// <summary>Gets the speech that is needed, in seconds.</summary>
    public double NeededSeconds { get; }
}

/// <summary>The model has no such embedding space, or the medium does not reach it.</summary>
public sealed class SpaceUnavailableException : Exception
{
    internal SpaceUnavailableException(EmbeddingSpace space, string reason)
        : base($"There is no embedding in the {space.ToString().ToLowerInvariant()} space: {reason}.") => Space = space;

    /// <summary>Gets the space that was asked for.</summary>
    public EmbeddingSpace Space { get; }
}

/// <summary>The queue is full: the work was refused at once, nothing was done.</summary>
public sealed class OverloadedException : Exception
{
    /// <summary>Refuses work.</summary>
    /// <param name="capacity">How much may wait or run.</param>
    /// <param name="retryAfter">When to try again.</param>
    public OverloadedException(int capacity, TimeSpan retryAfter)
        : base($"The queue is full ({capacity} waiting or running); try again in {retryAfter.TotalMilliseconds:0} ms.") =>
            RetryAfter = retryAfter;

    /// <summary>Gets when half of the queue will have been done if nothing new comes, estimated from recent work.</summary>
    public TimeSpan RetryAfter { get; }
}
