namespace FaceVoice.Inference;

/// <summary>A stage's queue is full: the work was refused at once, nothing was done.</summary>
public sealed class OverloadedException : Exception
{
    internal OverloadedException(string stage, int capacity, TimeSpan retryAfter)
        : base($"The {stage} queue is full ({capacity} waiting or running); try again in {retryAfter.TotalMilliseconds:0} ms.")
    {
        Stage = stage;
        RetryAfter = retryAfter;
    }

    /// <summary>Gets the stage whose queue is full.</summary>
    public string Stage { get; }

    /// <summary>Gets when the queue will have room if nothing new comes, estimated from recent work.</summary>
    public TimeSpan RetryAfter { get; }
}
