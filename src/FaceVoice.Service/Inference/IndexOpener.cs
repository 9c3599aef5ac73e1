using FaceVoice.Index;
using FaceVoice.Model;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Service.Inference;

/// <summary>Opens the index that the settings name, for the vectors of the model.</summary>
internal static class IndexOpener
{
    /// <summary>Where Qdrant's API key is taken from: never the settings, which <c>--print-config</c> shows.</summary>
    private const string QdrantKeyVariable = "QDRANT_API_KEY";

    public static async Task<IVectorStore?> OpenAsync(string? location, ModelManifest manifest, ILogger logger, CancellationToken cancellationToken)
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
        if (Uri.TryCreate(location, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            var collection = uri.AbsolutePath.Trim('/');
            return collection.Length > 0 && !collection.Contains('/')
                ? await QdrantVectorStore.OpenAsync(
                    new Uri(uri.GetLeftPart(UriPartial.Authority)), collection, schema, new QdrantStoreOptions { ApiKey = Environment.GetEnvironmentVariable(QdrantKeyVariable) }, cancellationToken)
                : throw new InvalidSettingsException($"Index is \"{location}\"; allowed: a folder, or http(s)://host:port/collection.");
        }

        return await EmbeddedVectorStore.OpenAsync(location, schema, new EmbeddedStoreOptions { Logger = logger }, cancellationToken);
    }
}
