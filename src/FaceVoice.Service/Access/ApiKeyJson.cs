using System.Text.Json.Serialization;

namespace FaceVoice.Service.Access;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiKeyRecord[]))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
