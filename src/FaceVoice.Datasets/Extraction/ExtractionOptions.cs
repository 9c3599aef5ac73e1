using FaceVoice.Inference.Matching;

namespace FaceVoice.Datasets.Extraction;

/// <summary>What is cut out of each source. Two runs into one folder must agree on everything here.</summary>
public sealed record ExtractionOptions
{
    /// <summary>Gets the most face crops kept of one source, 1 to 100.</summary>
    /// <value>The default is 5.</value>
    public int FacesPerVideo { get; init; } = 5;

    /// <summary>Gets the most voice clips kept of one source, 1 to 100.</summary>
    /// <value>The default is 4.</value>
    public int ClipsPerVideo { get; init; } = 4;

    /// <summary>Gets the length of a voice clip, in seconds, 1 to 30; a shorter recording is taken whole.</summary>
    /// <value>The default is 3 s.</value>
    public double Seconds { get; init; } = 3;

    /// <summary>Gets the most frames looked at in one video, 4 to 1,000; they are spread evenly over its length.</summary>
    /// <value>The default is 48.</value>
    public int FramesPerVideo { get; init; } = 48;

    /// <summary>Gets the longest side at which frames are looked at, in pixels; larger video is made smaller first.</summary>
    /// <value>The default is 1,280.</value>
    public int MaxFrameSide { get; init; } = 1_280;

    /// <summary>Gets the smallest face that is kept: the shorter side of its box, in pixels.</summary>
    /// <value>The default is 40.</value>
    public float MinFacePixels { get; init; } = 40;

    /// <summary>Gets the mean cosine from which two groups of faces of one source count as one person.</summary>
    /// <value>The default is 0.38.</value>
    public float SamePersonCosine { get; init; } = 0.38f;

    /// <summary>Gets the least speech in a clip, in seconds.</summary>
    /// <value>The default is 1 s.</value>
    public double MinSpeechSeconds { get; init; } = 1;

    /// <summary>
    /// Gets the least cosine of two clips of one person in the speaker space, in [-1, 1]; a source with less gets a warning and a mark.
    /// </summary>
    /// <value>The default is that of <see cref="EvidenceOptions.MinWindowCosine"/>.</value>
    public float MinWindowCosine { get; init; } = new EvidenceOptions().MinWindowCosine;

    /// <summary>
    /// Gets the audio track that is read, from 1; null chooses: the one marked as default, or the first with speech if that has none.
    /// </summary>
    public int? AudioTrack { get; init; }

    /// <summary>Gets whether recordings that are shorter than their header says are refused, rather than taken with a warning.</summary>
    public bool Strict { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Validate()
    {
        InRange(FacesPerVideo, 1, 100, nameof(FacesPerVideo));
        InRange(ClipsPerVideo, 1, 100, nameof(ClipsPerVideo));
        InRange(Seconds, 1, 30, nameof(Seconds));
        InRange(FramesPerVideo, 4, 1_000, nameof(FramesPerVideo));
        InRange(MaxFrameSide, 64, 8_192, nameof(MaxFrameSide));
        InRange(MinFacePixels, 1, 8_192, nameof(MinFacePixels));
        InRange(SamePersonCosine, -1, 1, nameof(SamePersonCosine));
        InRange(MinSpeechSeconds, 0.1, Seconds, nameof(MinSpeechSeconds));
        InRange(MinWindowCosine, -1, 1, nameof(MinWindowCosine));
        InRange(AudioTrack ?? 1, 1, int.MaxValue, nameof(AudioTrack));
    }

    private static void InRange<T>(T value, T least, T most, string name)
        where T : IComparable<T>
    {
        if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
        {
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"It must be from {least} to {most}."));
        }
    }
}

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
