using System.ComponentModel.DataAnnotations;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Server;

/// <summary>How a server works on requests.</summary>
public sealed class WorkSettings
{
    /// <summary>Gets or sets where the encoders run; <c>Auto</c> takes CUDA where it can be used.</summary>
    /// <value>The default is <c>Auto</c>.</value>
    public ExecutionDevice Device { get; set; } = ExecutionDevice.Auto;

    /// <summary>Gets or sets how many networks run at once; 0 means as many as there are cores.</summary>
    /// <value>The default is 0.</value>
    [Range(0, 1024)]
    public int Workers { get; set; }

    /// <summary>Gets or sets how many samples may wait for a network; those beyond are refused with RESOURCE_EXHAUSTED.</summary>
    /// <value>The default is 64.</value>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 64;

    /// <summary>Gets or sets the memory for embeddings of samples that may come again, in MiB; 0 turns the cache off.</summary>
    /// <value>The default is 64 MiB.</value>
    [Range(0, 65_536)]
    public int CacheMegabytes { get; set; } = 64;

    /// <summary>Gets or sets how many samples of one stream or one list are worked on at once; 0 means twice the number of workers.</summary>
    /// <value>The default is 0.</value>
    [Range(0, 1024)]
    public int SamplesPerCall { get; set; }

    /// <summary>Gets or sets how long calls may go on when the server is told to stop, in seconds. Streams take no more requests then: they end when what they have read is answered.</summary>
    /// <value>The default is 30 s.</value>
    [Range(0, 3600)]
    public double DrainSeconds { get; set; } = 30;
}
