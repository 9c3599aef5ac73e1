using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceVoice.Datasets.Features;

/// <summary>How settings are written: snake_case names, enumerations as words, unknown names refused.</summary>
public static class FeatureJson
{
    /// <summary>Gets the options; not to be changed.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
