using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceVoice.Index;

/// <summary>Opens indexes wherever they are: the one rule for addresses, keys and warnings, of the command line and of the server.</summary>
public static partial class IndexOpener
{
    /// <summary>Opens an index, or makes it where it is missing and a schema is given.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="keys">What it is kept under; stays the caller's, and must outlive the store. A server looks after its own files: there, the encryption key is not used.</param>
    /// <param name="schema">What the caller works with; null to open whatever is there.</param>
    /// <param name="logger">Where the store reports what it does; null for nowhere.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="IndexException">It cannot be opened; the kind of error says why.</exception>
    public static async Task<IVectorStore> OpenAsync(
        IndexLocation location, IndexKeys keys, IndexSchema? schema = null, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(keys);
        logger ??= NullLogger.Instance;
        if (location.Server is not { } server)
        {
            return await EmbeddedVectorStore.OpenAsync(location.Text, schema, Embedded(keys, logger), cancellationToken).ConfigureAwait(false);
        }

        if (keys.QdrantApiKey is not null && server.Scheme == Uri.UriSchemeHttp && !server.IsLoopback)
        {
            KeyInClear(logger, server.Host);
        }

        var options = location.Qdrant with { ApiKey = keys.QdrantApiKey, TemplateKey = keys.Template, Logger = logger };
        return await QdrantVectorStore.OpenAsync(server, location.Collection, schema, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How an index in a folder is opened with these keys.</summary>
    public static EmbeddedStoreOptions Embedded(IndexKeys keys, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return new EmbeddedStoreOptions { EncryptionKey = keys.Encryption, TemplateKey = keys.Template, Logger = logger ?? NullLogger.Instance };
    }

    [LoggerMessage(EventId = 21, Level = LogLevel.Warning, Message = "Qdrant's API key goes to {Host} over http, where anyone on the way can read it; https keeps it secret.")]
    private static partial void KeyInClear(ILogger logger, string host);
}
