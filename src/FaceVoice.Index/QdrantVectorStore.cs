using System.Text.Json;
using FaceVoice.Index.Qdrant;

namespace FaceVoice.Index;

/// <summary>A vector store in a collection of a Qdrant server (1.10 or newer), over its HTTP API.</summary>
/// <remarks>
/// Writes wait until the server has them on disk and shows them. A call with more points than <see cref="QdrantStoreOptions.BatchSize"/> is sent in
/// parts, so a failure may leave its first parts stored; sending it again does no harm. Reads, upserts and deletions by id are repeated after failures
/// that may pass; a deletion by filter is not, since it would also take what was added meanwhile.
/// </remarks>
public sealed class QdrantVectorStore : IVectorStore
{
    private readonly QdrantHttp _http;
    private readonly QdrantStoreOptions _options;
    private readonly VectorSpace _space;
    private readonly string _path;
    private int _disposed;

    private QdrantVectorStore(QdrantHttp http, QdrantStoreOptions options, IndexSchema schema, string path) =>
        (_http, _options, Schema, _path, _space) = (http, options, schema, path, new VectorSpace(schema, options.TemplateKey));

    /// <inheritdoc/>
    public IndexSchema Schema { get; }

    /// <summary>Opens a collection, or makes it.</summary>
    /// <param name="server">The server's root, for example <c>http://localhost:6333</c>.</param>
    /// <param name="collection">The collection's name, or an alias of one.</param>
    /// <param name="schema">What the caller works with; null to open whatever is there.</param>
    /// <param name="options">How to reach the server; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="IndexNotFoundException">There is no such collection and no schema to make one with, or it is not one of FaceVoice.</exception>
    /// <exception cref="SchemaMismatchException">The collection is one of another model.</exception>
    /// <exception cref="IndexAccessDeniedException">The server refuses the API key, or the template key is not the collection's.</exception>
    /// <exception cref="IndexUnavailableException">The server cannot be reached.</exception>
    public static async Task<QdrantVectorStore> OpenAsync(
        Uri server, string collection, IndexSchema? schema = null, QdrantStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(collection);
        options ??= new QdrantStoreOptions();
        var http = new QdrantHttp(server, options);
        try
        {
            var place = new QdrantCollection(http, collection, options);
            var exists = await place.ExistsAsync(cancellationToken).ConfigureAwait(false);
            var found = exists ? await place.ReadSchemaAsync(cancellationToken).ConfigureAwait(false) : null;
            if (found is null)
            {
                found = await CreateAsync(http, place, collection, exists, schema, cancellationToken).ConfigureAwait(false);
            }

            schema?.MustEqual(found.Value.Schema);
            if (found.Value.TemplateCheck != place.TemplateCheck(found.Value.Schema))
            {
                throw new IndexAccessDeniedException($"Collection '{collection}' was made {(found.Value.TemplateCheck is null ? "without a template key" : "with another template key, or one is missing")}.");
            }

            return new QdrantVectorStore(http, options, found.Value.Schema, place.Path);
        }
        catch (Exception error)
        {
            http.Dispose();
            throw error is QdrantConflictException ? new IndexUnavailableException(error.Message, null, error) : error;
        }
    }

    /// <summary>Points an alias to a collection as one step: callers that open the alias change over without a gap.</summary>
    /// <param name="server">The server's root.</param>
    /// <param name="alias">The alias; made, or moved from the collection it belongs to.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="options">How to reach the server; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task SwitchAliasAsync(Uri server, string alias, string collection, QdrantStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(alias);
        ArgumentException.ThrowIfNullOrWhiteSpace(collection);
        using var http = new QdrantHttp(server, options ?? new QdrantStoreOptions());
        var aliases = await http.SendAsync(HttpMethod.Get, "aliases", null, mayRepeat: true, cancellationToken).ConfigureAwait(false);
        var exists = aliases.GetProperty("aliases").EnumerateArray().Any(a => a.GetProperty("alias_name").GetString() == alias);
        await http.SendAsync(HttpMethod.Post, "collections/aliases", json => WriteAliasSwitch(json, alias, collection, exists), mayRepeat: false, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task UpsertAsync(IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        PointRules.Check(points, Schema);
        var last = new Dictionary<string, IndexPoint>(StringComparer.Ordinal);
        foreach (var point in points)
        {
            last[point.Id] = point;
        }

        foreach (var part in last.Values.Chunk(_options.BatchSize))
        {
            await WriteAsync(HttpMethod.Put, "/points?wait=true&ordering=medium", json => WritePoints(json, part), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IndexPoint>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ThrowIfDisposed();
        var found = new Dictionary<string, IndexPoint>(StringComparer.Ordinal);
        foreach (var part in ids.Distinct().Chunk(_options.BatchSize))
        {
            var answer = await SendAsync(HttpMethod.Post, "/points", json => WriteIdsRequest(json, part, "ids", with: true), mayRepeat: true, cancellationToken).ConfigureAwait(false);
            foreach (var point in Read(answer, element => QdrantPointJson.ReadPoint(element, _space)))
            {
                found[point.Id] = point;
            }
        }

        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ThrowIfDisposed();
        long removed = 0;
        foreach (var part in ids.Where(id => id.Length > 0).Distinct().Chunk(_options.BatchSize))
        {
            var there = await SendAsync(HttpMethod.Post, "/points", json => WriteIdsRequest(json, part, "ids", with: false), mayRepeat: true, cancellationToken).ConfigureAwait(false);
            removed += there.GetArrayLength();
            await WriteAsync(HttpMethod.Post, "/points/delete?wait=true&ordering=medium", json => WriteIdsRequest(json, part, "points", with: null), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }

        return removed;
    }

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(IndexFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        PointRules.Check(filter);
        var count = await CountAsync(filter, cancellationToken).ConfigureAwait(false);
        if (count > 0)
        {
            await WriteAsync(HttpMethod.Post, "/points/delete?wait=true&ordering=medium", json => QdrantFilterJson.WriteProperty(json, filter), mayRepeat: false, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
    {
        PointRules.Check(request, Schema);
        ThrowIfDisposed();
        var answer = await SendAsync(HttpMethod.Post, "/points/query", json => WriteQuery(json, request), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        return Read(answer.GetProperty("points"), QdrantPointJson.ReadHit);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<SearchHit>>> SearchAsync(IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            PointRules.Check(request, Schema);
        }

        ThrowIfDisposed();
        var answers = new List<IReadOnlyList<SearchHit>>(requests.Count);
        foreach (var part in requests.Chunk(100))
        {
            var answer = await SendAsync(HttpMethod.Post, "/points/query/batch", json => WriteQueries(json, part), mayRepeat: true, cancellationToken).ConfigureAwait(false);
            answers.AddRange(answer.EnumerateArray().Select(a => Read(a.GetProperty("points"), QdrantPointJson.ReadHit)));
        }

        return answers;
    }

    /// <inheritdoc/>
    public async Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
    {
        PointRules.Check(request);
        ThrowIfDisposed();
        Guid? offset = request.Cursor is null ? null
            : Guid.TryParseExact(request.Cursor, "D", out var id) ? id : throw new InvalidRequestException("The cursor is not one of this index.");
        var answer = await SendAsync(HttpMethod.Post, "/points/scroll", json => WriteScroll(json, request, offset), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        return new ScrollPage
        {
            Points = Read(answer.GetProperty("points"), element => QdrantPointJson.ReadPoint(element, _space)),
            NextCursor = answer.TryGetProperty("next_page_offset", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null,
        };
    }

    /// <inheritdoc/>
    public async Task<long> CountAsync(IndexFilter? filter = null, CancellationToken cancellationToken = default)
    {
        PointRules.Check(filter);
        ThrowIfDisposed();
        var answer = await SendAsync(HttpMethod.Post, "/points/count", json => WriteCount(json, filter), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        return answer.GetProperty("count").GetInt64();
    }

    /// <inheritdoc/>
    public async Task<IndexStats> GetStatsAsync(CancellationToken cancellationToken = default) => new()
    {
        Backend = "qdrant",
        Schema = Schema,
        Points = await CountAsync(null, cancellationToken).ConfigureAwait(false),
        HasRenewableTemplates = _options.TemplateKey is not null,
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _http.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static async Task<(IndexSchema Schema, string? TemplateCheck)> CreateAsync(
        QdrantHttp http, QdrantCollection place, string collection, bool exists, IndexSchema? schema, CancellationToken cancellationToken)
    {
        if (schema is null)
        {
            throw new IndexNotFoundException(exists ? $"Collection '{collection}' is not an index of FaceVoice." : $"There is no collection '{collection}'.");
        }

        if (exists)
        {
            // Ours only if its making was cut short: then it has no points yet.
            var points = await http.SendAsync(HttpMethod.Post, place.Path + "/points/count", json => json.WriteBoolean("exact", true), mayRepeat: true, cancellationToken).ConfigureAwait(false);
            if (points.GetProperty("count").GetInt64() > 0)
            {
                throw new IndexNotFoundException($"Collection '{collection}' has points and is not an index of FaceVoice.");
            }
        }

        await place.CreateAsync(schema, cancellationToken).ConfigureAwait(false);
        return await place.ReadSchemaAsync(cancellationToken).ConfigureAwait(false) ?? throw new IndexUnavailableException($"Collection '{collection}' does not show what was just written to it.");
    }

    private static List<T> Read<T>(JsonElement points, Func<JsonElement, T> read)
    {
        try
        {
            return [.. points.EnumerateArray().Select(read)];
        }
        catch (Exception error) when (error is InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new IndexCorruptException("the Qdrant collection", -1, $"a point cannot be read ({error.Message})", error);
        }
    }

    private static void WriteAliasSwitch(Utf8JsonWriter json, string alias, string collection, bool exists)
    {
        json.WriteStartArray("actions");
        if (exists)
        {
            json.WriteStartObject();
            json.WriteStartObject("delete_alias");
            json.WriteString("alias_name", alias);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteStartObject("create_alias");
        json.WriteString("collection_name", collection);
        json.WriteString("alias_name", alias);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteIdsRequest(Utf8JsonWriter json, IReadOnlyList<string> ids, string property, bool? with)
    {
        json.WriteStartArray(property);
        foreach (var id in ids)
        {
            json.WriteStringValue(PointUuid.Of(id));
        }

        json.WriteEndArray();
        if (with is { } content)
        {
            json.WriteBoolean("with_payload", content);
            json.WriteBoolean("with_vector", content);
        }
    }

    private static void WriteCount(Utf8JsonWriter json, IndexFilter? filter)
    {
        QdrantFilterJson.WriteProperty(json, filter);
        json.WriteBoolean("exact", true);
    }

    private static void WriteScroll(Utf8JsonWriter json, ScrollRequest request, Guid? offset)
    {
        json.WriteNumber("limit", request.Limit);
        if (offset is { } id)
        {
            json.WriteString("offset", id);
        }

        QdrantFilterJson.WriteProperty(json, request.Filter);
        json.WriteBoolean("with_payload", true);
        json.WriteBoolean("with_vector", request.WithVectors);
    }

    private void WritePoints(Utf8JsonWriter json, IReadOnlyList<IndexPoint> points)
    {
        json.WriteStartArray("points");
        foreach (var point in points)
        {
            QdrantPointJson.Write(json, point, _space);
        }

        json.WriteEndArray();
    }

    private void WriteQueries(Utf8JsonWriter json, IReadOnlyList<SearchRequest> requests)
    {
        json.WriteStartArray("searches");
        foreach (var request in requests)
        {
            json.WriteStartObject();
            WriteQuery(json, request);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteQuery(Utf8JsonWriter json, SearchRequest request)
    {
        json.WritePropertyName("query");
        QdrantPointJson.WriteVector(json, _space.ToStored(request.VectorName, request.Vector.Span));
        json.WriteString("using", request.VectorName);
        QdrantFilterJson.WriteProperty(json, request.Filter);
        json.WriteNumber("limit", request.Limit);
        if (request.ScoreThreshold is { } threshold)
        {
            json.WriteNumber("score_threshold", threshold);
        }

        json.WriteStartObject("params");
        json.WriteBoolean("exact", request.Exact);
        json.WriteStartObject("quantization");
        json.WriteBoolean("ignore", request.Exact);
        json.WriteBoolean("rescore", true);
        json.WriteNumber("oversampling", 2.0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteBoolean("with_payload", true);
        json.WriteBoolean("with_vector", false);
    }

    private Task<JsonElement> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter> body, bool mayRepeat, CancellationToken cancellationToken) =>
        _http.SendAsync(method, _path + path, body, mayRepeat, cancellationToken);

    /// <summary>Sends a write and waits until the server says that it shows.</summary>
    private async Task WriteAsync(HttpMethod method, string path, Action<Utf8JsonWriter> body, bool mayRepeat, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(method, path, body, mayRepeat, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; answer.GetProperty("status").GetString() != "completed"; attempt++)
        {
            // Queued, and not shown yet. The same write again waits behind it.
            if (!mayRepeat || attempt >= _options.MaxAttempts)
            {
                throw new IndexUnavailableException("The Qdrant server has queued the write and has not carried it out yet; it will show later.");
            }

            answer = await SendAsync(method, path, body, mayRepeat, cancellationToken).ConfigureAwait(false);
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
