using System.ComponentModel.DataAnnotations;
using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Evaluation;

/// <summary>How an evaluation is done.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Gets the redraws of the bootstrap.</summary>
    /// <value>The default is 300.</value>
    [Range(20, 100_000)]
    public int BootstrapReplicates { get; init; } = 300;

    /// <summary>Gets the most samples taken; people take turns, so that many people stay in.</summary>
    /// <value>The default is 2,000.</value>
    [Range(4, 20_000)]
    public int MaxSamples { get; init; } = 2_000;

    /// <summary>Gets the seed of draws.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gets a value indicating whether trials are score-normalised against the validation people.</summary>
    /// <value>The default is false.</value>
    public bool ScoreNormalization { get; init; }

    /// <summary>Gets whom the model was taught to bring together: what calibration takes as a match.</summary>
    /// <value>
    /// The default is <see cref="PositiveRelation.Identity"/>; people without a stated group are matches of themselves alone.
    /// </value>
    public PositiveRelation Positives { get; init; }
}

/// <summary>Against whom a match is held.</summary>
public enum TrialProtocol
{
    /// <summary>Against anybody (U): gender alone already tells many pairs apart.</summary>
    Uncontrolled,

    /// <summary>Against people of the same gender only (G): what is left when gender cannot help.</summary>
    GenderControlled,
}
