using FaceVoice.Models;
using FaceVoice.Training.Evaluation;

namespace FaceVoice.Training.Export;

/// <summary>What a bundle of heads says of itself.</summary>
public sealed record HeadBundleContent
{
    /// <summary>Gets the bundle's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the data in words.</summary>
    public required string Data { get; init; }

    /// <summary>Gets the people trained on.</summary>
    public int? Identities { get; init; }

    /// <summary>Gets the samples trained on.</summary>
    public long? Samples { get; init; }

    /// <summary>Gets the command that trained it.</summary>
    public string? Command { get; init; }

    /// <summary>Gets what must be known when using it.</summary>
    public string? Notes { get; init; }

    /// <summary>Gets the bundle whose speaker encoder goes along; null for heads alone.</summary>
    public ModelBundle? SpeakerBundle { get; init; }

    /// <summary>
    /// Gets the face network that the heads learnt on, if it is neither in <see cref="SpeakerBundle"/> nor one that travels with the
    /// program.
    /// </summary>
    public FaceNetwork? FaceNetwork { get; init; }

    /// <summary>Gets the evaluation whose calibration and figures go along.</summary>
    public EvaluationReport? Evaluation { get; init; }

    /// <summary>Gets the licences of what it rests on.</summary>
    public IReadOnlyList<LicenceNotice> Licences { get; init; } = [];
}
