using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>What a speaker encoder is tried on.</summary>
public sealed record SpeakerEvaluationOptions
{
    /// <summary>Gets the clip lengths, in seconds; 0 stands for whole recordings.</summary>
    /// <value>The default is 1.5, 3, 6, 10 and whole.</value>
    public IReadOnlyList<double> Lengths { get; init; } = [1.5, 3, 6, 10, 0];

    /// <summary>Gets the numbers of enrolment clips.</summary>
    /// <value>The default is 1, 3 and 5.</value>
    public IReadOnlyList<int> Enrolments { get; init; } = [1, 3, 5];

    /// <summary>Gets the clip length of the table over enrolment clips, in seconds.</summary>
    /// <value>The default is 3 s.</value>
    [Range(0.5, 60)]
    public double EnrolmentSeconds { get; init; } = 3;

    /// <summary>Gets the redraws of the bootstrap over speakers.</summary>
    /// <value>The default is 300.</value>
    [Range(2, 100_000)]
    public int Replicates { get; init; } = 300;

    /// <summary>Gets the best cohort scores that adaptive s-norm uses.</summary>
    /// <value>The default is 100.</value>
    [Range(2, 100_000)]
    public int CohortTop { get; init; } = 100;

    /// <summary>Gets the clips encoded at a time.</summary>
    /// <value>The default is the number of cores.</value>
    [Range(1, 1_024)]
    public int Jobs { get; init; } = Environment.ProcessorCount;
}
