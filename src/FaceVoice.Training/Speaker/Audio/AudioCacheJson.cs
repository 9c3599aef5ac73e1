using System.Text.Json.Serialization;

namespace FaceVoice.Training.Speaker.Audio;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CachedSpan))]
[JsonSerializable(typeof(FileStamp))]
internal sealed partial class AudioCacheJson : JsonSerializerContext;
