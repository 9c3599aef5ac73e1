using System.Globalization;

namespace FaceVoice.Index;

/// <summary>Where an index is: a folder of this machine, or a collection of a Qdrant server with how it is to be used.</summary>
/// <remarks>
/// A server is <c>http(s)://HOST[:6334]/COLLECTION</c>, its gRPC port. What Qdrant calls <c>ordering</c> (weak, medium, strong) and <c>consistency</c>
/// (majority, quorum, all or a number of replicas) can follow as in <c>?consistency=majority</c>, and for a collection that is made here
/// <c>shard_number</c>, <c>replication_factor</c>, <c>write_consistency_factor</c> and <c>tenant_field</c>. API keys never stand in an address.
/// </remarks>
public sealed record IndexLocation
{
    private const int GrpcPort = 6334, RestPort = 6333;
    private const string Form = "http(s)://HOST:6334/COLLECTION";

    private IndexLocation(string text) => Text = text;

    /// <summary>Gets the location as it was given.</summary>
    public string Text { get; }

    /// <summary>Gets the server; null for a folder.</summary>
    public Uri? Server { get; private init; }

    /// <summary>Gets the collection's name; empty for a folder.</summary>
    public string Collection { get; private init; } = string.Empty;

    /// <summary>Gets how the server is to be used, without keys.</summary>
    public QdrantStoreOptions Qdrant { get; private init; } = new();

    /// <summary>Reads a location.</summary>
    /// <exception cref="FormatException">It is an address that names no collection of a Qdrant server; says what is needed.</exception>
    public static IndexLocation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new FormatException($"The index is nowhere: a folder or {Form} is needed.");
        }

        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return new IndexLocation(text);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"'{text}' is no address of an index: a folder or {Form} is needed.");
        }

        if (address.UserInfo.Length > 0)
        {
            throw new FormatException($"The address of the index at {address.Host} holds a name or key: give the key in QDRANT_API_KEY or FACEVOICE_QDRANT_KEY.");
        }

        if (address.Port == RestPort)
        {
            throw new FormatException($"'{text}': {RestPort} is the port of Qdrant's REST API. The index speaks gRPC, whose port is {GrpcPort}: {Form} is needed.");
        }

        var path = address.AbsolutePath.Trim('/');
        if (path.Length == 0 || path.Contains('/') || address.Fragment.Length > 0)
        {
            throw new FormatException($"'{text}' names {(path.Length == 0 ? "no collection" : "more than a collection")}: {Form} is needed.");
        }

        return new IndexLocation(text)
        {
            Server = new UriBuilder(address.Scheme, address.Host, HasPort(text) ? address.Port : GrpcPort).Uri,
            Collection = Uri.UnescapeDataString(path),
            Qdrant = Settings(text, address.Query),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>A port that is not written is not http's: the server has one of its own.</summary>
    private static bool HasPort(string text)
    {
        var host = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/', '?')[0];
        return host.LastIndexOf(':') > host.LastIndexOf(']');
    }

    private static QdrantStoreOptions Settings(string text, string query)
    {
        var options = new QdrantStoreOptions();
        foreach (var setting in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = setting.Split('=', 2);
            var (name, value) = (parts[0], parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
            options = name switch
            {
                "ordering" => options with
                {
                    Ordering = Enum.TryParse<QdrantWriteOrdering>(value, ignoreCase: true, out var ordering) && Enum.IsDefined(ordering) && !char.IsAsciiDigit(value[0])
                        ? ordering : throw new FormatException($"'{text}': ordering is '{value}'; weak, medium or strong is needed."),
                },
                "consistency" => options with { ReadConsistency = Consistency(text, value) },
                "shard_number" => options with { ShardNumber = Count(text, name, value) },
                "replication_factor" => options with { ReplicationFactor = Count(text, name, value) },
                "write_consistency_factor" => options with { WriteConsistencyFactor = Count(text, name, value) },
                "tenant_field" => options with { TenantField = PayloadKey.IsValid(value) ? value : throw new FormatException($"'{text}': '{value}' is no field name.") },
                _ => throw new FormatException(
                    $"'{text}': '{name}' is not known; ordering, consistency, shard_number, replication_factor, write_consistency_factor and tenant_field are."),
            };
        }

        return options;
    }

    private static string Consistency(string text, string value)
    {
        try
        {
            _ = FaceVoice.Index.Qdrant.QdrantCollection.Consistency(value);
            return value;
        }
        catch (InvalidRequestException error)
        {
            throw new FormatException($"'{text}': {error.Message}", error);
        }
    }

    private static int Count(string text, string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count : throw new FormatException($"'{text}': {name} is '{value}'; a number from 1 on is needed.");
}
