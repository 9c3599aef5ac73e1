using System.Text.Json.Serialization;
using FaceVoice.Training.Networks.Speaker;

namespace FaceVoice.Training.Speaker.Runs;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SpeakerTrainerOptions))]
[JsonSerializable(typeof(TrainingPosition))]
[JsonSerializable(typeof(SpeakerResNetOptions))]
[JsonSerializable(typeof(XVectorOptions))]
[JsonSerializable(typeof(EcapaTdnnOptions))]
internal sealed partial class SpeakerRunJson : JsonSerializerContext;
