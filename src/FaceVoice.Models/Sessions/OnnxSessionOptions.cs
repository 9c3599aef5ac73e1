namespace FaceVoice.Models.Sessions;

/// <summary>How a model is run. The defaults are those for many callers that share one session.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>Gets the threads that one run may use.</summary>
    /// <value>
    /// The default is 1: with as many callers as cores this gives the highest throughput; more threads for a single run cost about twice the
    /// processor time for the same work.
    /// </value>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Gets whether the runtime plans memory for repeated runs of one input shape.</summary>
    /// <value>The default is true; false suits models whose input length changes from call to call.</value>
    public bool MemoryPattern { get; init; } = true;

    /// <summary>Gets a name for messages and metrics.</summary>
    /// <value>The default is the file name without its extension.</value>
    public string? Name { get; init; }

    /// <summary>Gets where the model runs.</summary>
    /// <value>The default is the processor: small networks lose more by the way to another device than they gain there.</value>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Cpu;
}
