using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Search;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVoice.Index;

/// <summary>How an <see cref="EmbeddedVectorStore"/> works. Keys stay the caller's to dispose, after the store.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>Gets the key that every file is encrypted under (AES-256-GCM); null for none. An index keeps the choice it was made with.</summary>
    public StoreKey? EncryptionKey { get; init; }

    /// <summary>Gets the key whose secret rotation vectors are stored under; null for none. An index keeps the choice it was made with.</summary>
    public StoreKey? TemplateKey { get; init; }

    /// <summary>Gets the size in bytes that the log may reach before a checkpoint moves its points to a segment.</summary>
    /// <value>The default is 64 MiB. Until then they are held in memory and read again when the store is opened.</value>
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>Gets the number of vectors from which a graph is built and used; below it every search is exact.</summary>
    /// <value>
    /// The default is 50,000. Measured on one core of an EPYC 7003 without VNNI, 256 dimensions: an exact search costs 0.12 ms at 10,000 points, 0.9 ms at
    /// 100,000 and 17 ms at a million, a walk 0.06 to 0.1 ms. Up to about 0.5 ms the scan is small beside making the embedding that is asked with
    /// (tens of milliseconds), and it misses nothing; above that it grows with the points, and threads share the memory that it waits for.
    /// </value>
    public int GraphMinPoints { get; init; } = 50_000;

    /// <summary>Gets the share of points that a filter must pass for the graph to be used; where it passes fewer, they are all compared.</summary>
    /// <value>The default is 0.05.</value>
    public double GraphMinShare { get; init; } = 0.05;

    /// <summary>Gets the links of a graph node, 4 to 64; twice as many on the ground level.</summary>
    /// <value>The default is 16.</value>
    public int GraphNeighbours { get; init; } = 16;

    /// <summary>Gets how many nodes are looked at when a node's links are chosen.</summary>
    /// <value>The default is 128.</value>
    public int GraphBuildEffort { get; init; } = 128;

    /// <summary>Gets how many threads share the building of graphs, behind the writer's back.</summary>
    /// <value>The default is half of the processors, so that searches go on at speed.</value>
    public int GraphBuildThreads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Gets how many candidates a graph search keeps; more finds more and costs more. Never fewer than twice the limit.</summary>
    /// <value>The default is 64; above 300,000 vectors a search keeps four times as many.</value>
    public int GraphSearchEffort { get; init; } = 64;

    /// <summary>Gets where the store reports what it does; never ids, names or vectors.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>How files are made; tests put failing disks here.</summary>
    internal Func<string, IDurableFile> CreateFile { get; init; } = DurableFile.Create;

    /// <summary>How the log is opened for appending.</summary>
    internal Func<string, IDurableFile> OpenLog { get; init; } = DurableFile.OpenOrCreate;

    internal KernelPath Kernel { get; init; } = CodeKernels.Best;
}
