using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FaceVoice.Cli.Terminal;

/// <summary>How results are written as JSON: snake_case, text as it is, floats in their shortest exact form.</summary>
internal static class CliJson
{
    private static readonly JsonSerializerOptions OneLine = Create(indented: false);
    private static readonly JsonSerializerOptions Indented = Create(indented: true);

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, OneLine);

    public static string Pretty<T>(T value) => JsonSerializer.Serialize(value, Indented);

    public static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, OneLine);

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
