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
