using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Training.Sampling;

/// <summary>How batches are made up.</summary>
public sealed record BatchSamplerOptions
{
    /// <summary>Gets the samples in a batch.</summary>
    /// <value>The default is 256.</value>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Gets how many samples of one person are kept together where there are as many; 1 shuffles freely.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 1_024)]
    public int ClipsPerIdentity { get; init; } = 1;

    /// <summary>Gets the share of batches that hold one gender only.</summary>
    /// <value>The default is 0.</value>
    [Range(0.0, 1.0)]
    public double SameGenderShare { get; init; }

    /// <summary>Gets a value indicating whether a face meets a voice of any sample of its person, rather than that of its own sample.</summary>
    /// <value>The default is false.</value>
    public bool AnyClipOfPerson { get; init; }

    /// <summary>Gets the seed.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;
}
