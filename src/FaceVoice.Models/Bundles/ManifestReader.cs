using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceVoice.Models.Bundles;

/// <summary>Text to manifest and back, with the checks that need no files.</summary>
internal static class ManifestReader
{
    public static ModelManifest Parse(ReadOnlySpan<byte> json, string source)
    {
        try
        {
            RequireVersion(json, source);
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest)
                ?? throw new ModelFormatException($"{source}: empty.");
            ManifestRules.Check(manifest, source);
            return manifest;
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{source}: not a model manifest: {error.Message}", error);
        }
    }

    public static byte[] Format(ModelManifest manifest) => [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ModelManifest), (byte)'\n'];

    // Looked at first: a newer version may fail in any other way.
    private static void RequireVersion(ReadOnlySpan<byte> json, string source)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("schema_version", out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var version))
        {
            throw new ModelFormatException($"{source}: not a model manifest: it has no schema_version.");
        }

        if (version is < 1 or > ModelManifest.CurrentSchemaVersion)
        {
            throw new ModelFormatException(
                $"{source}: schema version {version} is not one that this program reads (1 to {ModelManifest.CurrentSchemaVersion}). A newer FaceVoice made it.");
        }
    }
}

/// <summary>Source-generated serialisation of <c>manifest.json</c>: snake_case names, indented, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
