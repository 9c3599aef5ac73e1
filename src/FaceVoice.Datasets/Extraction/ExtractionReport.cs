using System.Text.Json;
using FaceVoice.Datasets.Sources;

namespace FaceVoice.Datasets.Extraction;

/// <summary>What came out of a run. Counts speak of the whole folder (or shard), sources done by earlier runs included.</summary>
public sealed record ExtractionReport
{
    /// <summary>Gets the number of sources that this run was to do: all of the list, or the shard's.</summary>
    public required int Sources { get; init; }

    /// <summary>Gets how many of them an earlier run had done.</summary>
    public required int DoneBefore { get; init; }

    /// <summary>Gets the number of samples in the manifest.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the number of face crops.</summary>
    public required int Faces { get; init; }

    /// <summary>Gets the number of voice clips.</summary>
    public required int Voices { get; init; }

    /// <summary>Gets the number of identities.</summary>
    public required int Identities { get; init; }

    /// <summary>Gets how many sources showed more than one person; only the one who is seen most was kept.</summary>
    public required int SourcesWithOthers { get; init; }

    /// <summary>Gets the number of those other people, each source counted alone.</summary>
    public required int OtherPeople { get; init; }

    /// <summary>Gets the length of the recordings that this run worked through, in seconds.</summary>
    public required double MediaSeconds { get; init; }

    /// <summary>Gets how long this run took, in seconds.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>Gets what was named or found and was not taken for a source, and why.</summary>
    public IReadOnlyList<PassedOver> PassedOver { get; init; } = [];

    /// <summary>Gets the manifest's path.</summary>
    public required string Manifest { get; init; }

    /// <summary>Gets what is doubtful in sources that gave something: they are cut off, their channels cancel, another track was taken.</summary>
    public IReadOnlyList<ExtractionWarning> Warnings { get; init; } = [];

    /// <summary>Gets the sources that gave nothing, and why.</summary>
    public required IReadOnlyList<ExtractionFailure> Failed { get; init; }

    /// <summary>The report as one line of JSON, names in snake case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ExtractionJson.Default.ExtractionReport);
}

/// <summary>A source that gave nothing.</summary>
/// <param name="Source">Its <see cref="ExtractionSource.Name"/>.</param>
/// <param name="Reason">What was found and what is needed.</param>
public sealed record ExtractionFailure(string Source, string Reason);

/// <summary>Something doubtful in a source.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Warning">What, in a sentence.</param>
public sealed record ExtractionWarning(string Source, string Warning);

/// <summary>How far a run is.</summary>
/// <param name="Finished">Sources finished, those of earlier runs and failures included.</param>
/// <param name="Total">Sources in all.</param>
/// <param name="Failed">Failures so far.</param>
/// <param name="Source">The one that has just been finished.</param>
public sealed record ExtractionProgress(int Finished, int Total, int Failed, string Source);
