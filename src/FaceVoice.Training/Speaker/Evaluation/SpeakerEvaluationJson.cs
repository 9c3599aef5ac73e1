using System.Text.Json.Serialization;

namespace FaceVoice.Training.Speaker.Evaluation;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SpeakerEvaluationReport))]
internal sealed partial class SpeakerEvaluationJson : JsonSerializerContext;
