using System.Text.Json.Serialization;

namespace FaceVoice.Datasets.Extraction;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DataSetSample))]
[JsonSerializable(typeof(ExtractionOptions))]
[JsonSerializable(typeof(ExtractionFailure))]
[JsonSerializable(typeof(ExtractionReport))]
[JsonSerializable(typeof(SourceRecord))]
internal sealed partial class DataSetJson : JsonSerializerContext;
