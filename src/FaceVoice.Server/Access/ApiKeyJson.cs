using System.Text.Json.Serialization;

namespace FaceVoice.Server.Access;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiKeyRecord[]))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
