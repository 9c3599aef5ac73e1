using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Speaker.Evaluation;

/// <summary>How well a speaker encoder tells the speakers of a data set apart.</summary>
/// <param name="ModelSha256">Hash of the encoder's file.</param>
/// <param name="Dimension">Length of an embedding.</param>
/// <param name="Speakers">Speakers of the data set.</param>
/// <param name="Recordings">Recordings that could be decoded.</param>
/// <param name="CohortSpeakers">Speakers of the cohort; 0 without one.</param>
/// <param name="ByLength">One row a clip length.</param>
/// <param name="ByEnrolment">One row a number of enrolment clips.</param>
/// <param name="Notes">What limits the figures.</param>
public sealed record SpeakerEvaluationReport(
    string ModelSha256, int Dimension, int Speakers, int Recordings, int CohortSpeakers,
    IReadOnlyList<SpeakerEvaluationRow> ByLength, IReadOnlyList<SpeakerEvaluationRow> ByEnrolment, IReadOnlyList<string> Notes)
{
    /// <summary>Writes the report as one JSON object with names in snake case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SpeakerEvaluationJson.Default.SpeakerEvaluationReport);
}

/// <summary>One row of a table.</summary>
/// <param name="Seconds">Clip length; null for whole recordings.</param>
/// <param name="MeanSeconds">The mean length of the clips used, in seconds: whole recordings may be shorter than the clips of other rows.</param>
/// <param name="EnrolmentClips">Clips averaged on one side of a trial; the other side is one clip.</param>
/// <param name="Joined">Whether recordings of a speaker were joined to reach the length, as too few were long enough.</param>
/// <param name="Clips">Clips used.</param>
/// <param name="Speakers">Speakers with a clip.</param>
/// <param name="TargetTrials">Trials of one speaker.</param>
/// <param name="OtherTrials">Trials of two speakers.</param>
/// <param name="Cosine">Figures of the plain cosine.</param>
/// <param name="Normalised">Figures after adaptive s-norm; null without a cohort.</param>
public sealed record SpeakerEvaluationRow(
    double? Seconds, double MeanSeconds, int EnrolmentClips, bool Joined, int Clips, int Speakers, int TargetTrials, int OtherTrials, SpeakerFigures Cosine, SpeakerFigures? Normalised);

/// <summary>Error figures with their 95 % intervals over speakers.</summary>
/// <param name="EqualErrorRate">The equal error rate, 0 to 1.</param>
/// <param name="DetectionCost">Normalised minDCF at a target prior of 0.01.</param>
/// <param name="AreaUnderCurve">The area under the ROC curve.</param>
public sealed record SpeakerFigures(BootstrapInterval EqualErrorRate, BootstrapInterval DetectionCost, BootstrapInterval AreaUnderCurve);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SpeakerEvaluationReport))]
internal sealed partial class SpeakerEvaluationJson : JsonSerializerContext;

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
