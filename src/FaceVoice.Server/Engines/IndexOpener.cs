using FaceVoice.Index;
using FaceVoice.Models;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Engines;

/// <summary>Opens the index that the settings name, for the vectors of the model.</summary>
internal static class IndexOpener
{
    /// <summary>Where Qdrant's API key is taken from: never the settings, which <c>--print-config</c> shows. The first is what the index commands read.</summary>
    private static readonly string[] QdrantKeyVariables = ["FACEVOICE_QDRANT_KEY", "QDRANT_API_KEY"];

    /// <summary>Whether a location is a Qdrant server's rather than a folder.</summary>
    public static bool IsServer(string location) => Uri.TryCreate(location, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    public static async Task<IVectorStore?> OpenAsync(string? location, IndexKeys keys, ModelManifest manifest, ILogger logger, CancellationToken cancellationToken)
    {
        if (location is null)
        {
            return null;
        }

        var dimensions = new Dictionary<string, int>();
        if (manifest.Dimensions.Joint is { } joint)
        {
            dimensions[VectorName.Joint] = joint;
        }

        if (manifest.Dimensions.Speaker is { } speaker)
        {
            dimensions[VectorName.Speaker] = speaker;
        }

        var schema = new IndexSchema(manifest.ModelId, dimensions);
        if (IsServer(location))
        {
            var uri = new Uri(location);
            var collection = uri.AbsolutePath.Trim('/');
            var options = new QdrantStoreOptions { ApiKey = QdrantKeyVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(key => key is not null), TemplateKey = keys.Template };
            return collection.Length > 0 && !collection.Contains('/')
                ? await QdrantVectorStore.OpenAsync(new Uri(uri.GetLeftPart(UriPartial.Authority)), collection, schema, options, cancellationToken)
                : throw new InvalidSettingsException($"Index is \"{location}\"; allowed: a folder, or http(s)://host:port/collection.");
        }

        var embedded = new EmbeddedStoreOptions { Logger = logger, EncryptionKey = keys.Encryption, TemplateKey = keys.Template };
        return await EmbeddedVectorStore.OpenAsync(location, schema, embedded, cancellationToken);
    }
}
