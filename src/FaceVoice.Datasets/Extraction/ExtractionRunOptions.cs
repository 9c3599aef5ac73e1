namespace FaceVoice.Datasets.Extraction;

/// <summary>How one run goes about its work; nothing here changes what comes out.</summary>
public sealed record ExtractionRunOptions
{
    /// <summary>Gets how many sources are worked on at once, 1 or more.</summary>
    /// <value>The default is the number of processors.</value>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets which share of the list is done.</summary>
    /// <value>The default is all of it.</value>
    public ExtractionShard Shard { get; init; } = ExtractionShard.Whole;

    /// <summary>Gets whether a folder that was begun is continued.</summary>
    public bool Resume { get; init; }

    /// <summary>Gets whether sources that failed before are tried again.</summary>
    public bool RetryFailed { get; init; }
}
