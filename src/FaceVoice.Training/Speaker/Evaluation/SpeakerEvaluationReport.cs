using System.Text.Json;

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
