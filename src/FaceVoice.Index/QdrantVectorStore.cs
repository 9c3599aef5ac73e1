using System.Collections.Concurrent;
using FaceVoice.Index.Qdrant;
using Qdrant.Client.Grpc;

namespace FaceVoice.Index;

/// <summary>A vector store in a collection of a Qdrant server (1.17 or newer), over gRPC.</summary>
/// <remarks>
/// A write is acknowledged when the server has carried it out and shows it. Its log is flushed to the disk some seconds later only (5 by default): what a
/// power cut leaves is the replicas' to bring back, so let <see cref="QdrantStoreOptions.WriteConsistencyFactor"/> be two or more where that matters.
/// A call with more points than <see cref="QdrantStoreOptions.BatchSize"/> is sent in parts, and a collection of several shards takes a part in parts again:
/// a failure may leave the first of them stored. Sending it again does no harm. Reads, upserts, inserts and deletions by id are repeated after failures
/// that may pass; a deletion by filter is not, since it would also take what was added meanwhile.
/// What was removed is found no more, but that its bytes are gone cannot be proved: the server cleans a segment when a fifth of it is deleted, and its log,
/// its replicas and its snapshots keep them for longer.
/// </remarks>
public sealed class QdrantVectorStore : IVectorStore
{
    private const int MaxQueriesInOne = 100;
    private readonly QdrantConnection _connection;
    private readonly QdrantStoreOptions _options;
    private readonly VectorSpace _space;
    private readonly string _name;
    private readonly bool _hasSchemaPoint;
    private readonly ReadConsistency? _consistency;
    private readonly ConcurrentDictionary<string, PayloadKind> _kinds = new(StringComparer.Ordinal);
    private int _disposed;

    private QdrantVectorStore(QdrantConnection connection, QdrantStoreOptions options, string name, QdrantCollectionInfo info)
    {
        (_connection, _options, _name, Schema, _hasSchemaPoint) = (connection, options, name, info.Schema, info.HasSchemaPoint);
        _space = new VectorSpace(info.Schema, options.TemplateKey);
        _consistency = QdrantCollection.Consistency(options.ReadConsistency);
    }

    /// <inheritdoc/>
    public IndexSchema Schema { get; }

    private WriteOrderingType Ordering => _options.Ordering switch
    {
        QdrantWriteOrdering.Weak => WriteOrderingType.Weak,
        QdrantWriteOrdering.Strong => WriteOrderingType.Strong,
        _ => WriteOrderingType.Medium,
    };

    /// <summary>Opens a collection, or makes it.</summary>
    /// <param name="server">The server's gRPC address, for example <c>http://localhost:6334</c>.</param>
    /// <param name="collection">The collection's name, or an alias of one.</param>
    /// <param name="schema">What the caller works with; null to open whatever is there.</param>
    /// <param name="options">How to reach the server; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="IndexNotFoundException">There is no such collection and no schema to make one with, or it is not one of FaceVoice.</exception>
    /// <exception cref="SchemaMismatchException">The collection is one of another model.</exception>
    /// <exception cref="IndexAccessDeniedException">The server refuses the API key, or the template key is not the collection's.</exception>
    /// <exception cref="IndexUnavailableException">The server cannot be reached, or is too old.</exception>
    public static async Task<QdrantVectorStore> OpenAsync(
        Uri server, string collection, IndexSchema? schema = null, QdrantStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(collection);
        options ??= new QdrantStoreOptions();
        var connection = new QdrantConnection(server, options);
        try
        {
            var place = new QdrantCollection(connection, collection, options);
            await place.RequireVersionAsync(cancellationToken).ConfigureAwait(false);
            var found = await place.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (found is null && schema is not null)
            {
                await place.CreateAsync(schema, cancellationToken).ConfigureAwait(false);
                found = await place.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            if (found is null)
            {
                throw new IndexNotFoundException($"There is no collection '{collection}' at {server.GetLeftPart(UriPartial.Authority)}.");
            }

            schema?.MustEqual(found.Schema);
            if (found.TemplateCheck != place.TemplateCheck(found.Schema))
            {
                throw new IndexAccessDeniedException($"Collection '{collection}' was made {(found.TemplateCheck is null ? "without a template key" : "with another template key, or one is missing")}.");
            }

            if (schema is not null)
            {
                await place.IndexFieldsAsync(found.IndexedFields, cancellationToken).ConfigureAwait(false);
            }

            return new QdrantVectorStore(connection, options, collection, found);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Points an alias to a collection as one step: callers that open the alias change over without a gap.</summary>
    /// <param name="server">The server's gRPC address.</param>
    /// <param name="alias">The alias; made, or moved from the collection it belongs to.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="options">How to reach the server; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task SwitchAliasAsync(Uri server, string alias, string collection, QdrantStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrWhiteSpace(alias);
        ArgumentException.ThrowIfNullOrWhiteSpace(collection);
        using var connection = new QdrantConnection(server, options ?? new QdrantStoreOptions());
        var aliases = await connection.CallAsync((client, token) => client.ListAliasesAsync(token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        var steps = new List<AliasOperations>();
        if (aliases.Any(a => a.AliasName == alias))
        {
            steps.Add(new AliasOperations { DeleteAlias = new DeleteAlias { AliasName = alias } });
        }

        steps.Add(new AliasOperations { CreateAlias = new CreateAlias { AliasName = alias, CollectionName = collection } });
        await connection.CallAsync(
            async (client, token) =>
            {
                await client.UpdateAliasesAsync(steps, cancellationToken: token).ConfigureAwait(false);
                return true;
            },
            mayRepeat: false,
            cancellationToken).ConfigureAwait(false);
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

        await WriteAsync([.. last.Values], insertOnly: false, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The server keeps the first point that comes under an id, whoever sends it, and what it kept is read back: two callers at once cannot overwrite
    /// one another. The first of the points goes alone, so that of two different sets only one gets further. A part of the same set, left by a
    /// call that was cut short, is completed.
    /// </remarks>
    public async Task InsertAsync(IReadOnlyList<IndexPoint> points, IReadOnlyList<string> absent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(absent);
        ThrowIfDisposed();
        PointRules.CheckInsert(points, Schema);
        if (points.Count == 0)
        {
            return;
        }

        var known = await GetAsync([.. points.Select(p => p.Id), .. absent], cancellationToken).ConfigureAwait(false);
        PointRules.MustBeSame(known, points);
        var missing = points.ExceptBy(known.Select(k => k.Id), p => p.Id).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await InsertOnlyAsync([missing[0]], cancellationToken).ConfigureAwait(false);
        if (missing.Count > 1)
        {
            await InsertOnlyAsync(missing[1..], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IndexPoint>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ThrowIfDisposed();
        var found = new Dictionary<string, IndexPoint>(StringComparer.Ordinal);
        foreach (var part in ids.Where(id => id.Length > 0).Distinct().Chunk(_options.BatchSize))
        {
            foreach (var point in await RetrieveAsync(part, withContent: true, cancellationToken).ConfigureAwait(false))
            {
                var read = Read(() => QdrantPoints.FromWire(point, _space));
                found[read.Id] = read;
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
            removed += (await RetrieveAsync(part, withContent: false, cancellationToken).ConfigureAwait(false)).Count;
            PointId[] named = [.. part.Select(QdrantPoints.Id)];
            await _connection.WriteAsync((client, token) => client.DeleteAsync(_name, named, wait: true, Ordering, cancellationToken: token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }

        return removed;
    }

    /// <inheritdoc/>
    public async Task<long> DeleteAsync(IndexFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var count = await CountAsync(filter, cancellationToken).ConfigureAwait(false);
        if (count > 0)
        {
            var passing = QdrantFilters.ToWire(filter, _hasSchemaPoint)!;
            await _connection.WriteAsync((client, token) => client.DeleteAsync(_name, passing, wait: true, Ordering, cancellationToken: token), mayRepeat: false, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SearchHit>> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        (await SearchAsync([request], cancellationToken).ConfigureAwait(false))[0];

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
        foreach (var part in requests.Chunk(MaxQueriesInOne))
        {
            QueryPoints[] queries = [.. part.Select(ToWire)];
            var found = await _connection.CallAsync((client, token) => client.QueryBatchAsync(_name, queries, _consistency, cancellationToken: token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
            answers.AddRange(found.Select(answer => Read<IReadOnlyList<SearchHit>>(() => [.. answer.Result.Select(QdrantPoints.FromWire)])));
        }

        foreach (var (request, _) in requests.Zip(answers).Where(pair => pair.Second.Count == 0))
        {
            await RefuseOtherKindsAsync(request.Filter, cancellationToken).ConfigureAwait(false);
        }

        return answers;
    }

    /// <inheritdoc/>
    public async Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
    {
        PointRules.Check(request);
        ThrowIfDisposed();
        var offset = request.Cursor is null ? null
            : Guid.TryParseExact(request.Cursor, "D", out var id) ? QdrantPoints.Id(id) : throw new InvalidRequestException("The cursor is not one of this index.");
        var filter = QdrantFilters.ToWire(request.Filter, _hasSchemaPoint);
        var page = await _connection.CallAsync(
            (client, token) => client.ScrollAsync(
                _name, filter, (uint)request.Limit, offset, payloadSelector: true, vectorsSelector: request.WithVectors, _consistency, cancellationToken: token),
            mayRepeat: true,
            cancellationToken).ConfigureAwait(false);
        if (page.Result.Count == 0 && request.Cursor is null)
        {
            await RefuseOtherKindsAsync(request.Filter, cancellationToken).ConfigureAwait(false);
        }

        return new ScrollPage
        {
            Points = Read<IReadOnlyList<IndexPoint>>(() => [.. page.Result.Select(point => QdrantPoints.FromWire(point, _space))]),
            NextCursor = page.NextPageOffset is { HasUuid: true } next ? next.Uuid : null,
        };
    }

    /// <inheritdoc/>
    public async Task<long> CountAsync(IndexFilter? filter = null, CancellationToken cancellationToken = default)
    {
        PointRules.Check(filter);
        ThrowIfDisposed();
        var passing = QdrantFilters.ToWire(filter, _hasSchemaPoint);
        var count = await _connection.CallAsync((client, token) => client.CountAsync(_name, passing, exact: true, _consistency, cancellationToken: token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            await RefuseOtherKindsAsync(filter, cancellationToken).ConfigureAwait(false);
        }

        return checked((long)count);
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
            _connection.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidRequestException(error.Message, error);
        }
    }

    private async Task InsertOnlyAsync(IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken)
    {
        await WriteAsync(points, insertOnly: true, cancellationToken).ConfigureAwait(false);
        var kept = await GetAsync([.. points.Select(p => p.Id)], cancellationToken).ConfigureAwait(false);
        PointRules.MustBeSame(kept, points);
        if (kept.Count < points.Count)
        {
            throw new IndexUnavailableException(
                $"Of {points.Count} points that were inserted, {kept.Count} can be read back: they were removed meanwhile, or a replica that was asked lags behind "
                + "(a read consistency of majority helps). Sending them again does no harm.");
        }
    }

    private async Task WriteAsync(IReadOnlyList<IndexPoint> points, bool insertOnly, CancellationToken cancellationToken)
    {
        foreach (var part in points.Chunk(_options.BatchSize))
        {
            var request = new UpsertPoints
            {
                CollectionName = _name,
                Wait = true,
                Ordering = new WriteOrdering { Type = Ordering },
                Timeout = QdrantCollection.WholeSeconds(_options.AttemptTimeout),
                Points = { part.Select(point => QdrantPoints.ToWire(point, _space)) },
            };
            if (insertOnly)
            {
                request.UpdateMode = UpdateMode.InsertOnly;
            }

            await _connection.WriteAsync((client, token) => client.UpsertAsync(request, token), mayRepeat: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<IReadOnlyList<RetrievedPoint>> RetrieveAsync(IReadOnlyList<string> ids, bool withContent, CancellationToken cancellationToken)
    {
        PointId[] named = [.. ids.Select(QdrantPoints.Id)];
        return _connection.CallAsync((client, token) => client.RetrieveAsync(_name, named, withContent, withContent, _consistency, cancellationToken: token), mayRepeat: true, cancellationToken);
    }

    private QueryPoints ToWire(SearchRequest request)
    {
        var query = new QueryPoints
        {
            CollectionName = _name,
            Query = _space.ToStored(request.VectorName, request.Vector.Span),
            Using = request.VectorName,
            Filter = QdrantFilters.ToWire(request.Filter, _hasSchemaPoint),
            Limit = (ulong)request.Limit,
            Params = new SearchParams
            {
                Exact = request.Exact,
                Quantization = new QuantizationSearchParams { Ignore = request.Exact, Rescore = true, Oversampling = 2 },
            },
            WithPayload = true,
            WithVectors = false,
        };
        if (request.ScoreThreshold is { } threshold)
        {
            query.ScoreThreshold = threshold;
        }

        return query;
    }

    /// <summary>Nothing passed: where a field is of another kind than the filter asks for, nothing ever can.</summary>
    private async Task RefuseOtherKindsAsync(IndexFilter? filter, CancellationToken cancellationToken)
    {
        foreach (var (key, kind) in filter?.Fields() ?? [])
        {
            if (!_kinds.TryGetValue(key, out var known))
            {
                if (await KindAsync(key, cancellationToken).ConfigureAwait(false) is not { } found)
                {
                    continue;
                }

                _kinds[key] = known = found;
            }

            PointRules.RefuseOtherKind(key, kind, [known]);
        }
    }

    private async Task<PayloadKind?> KindAsync(string key, CancellationToken cancellationToken)
    {
        var having = new Filter { MustNot = { new Condition { IsEmpty = new IsEmptyCondition { Key = key } } } };
        try
        {
            var page = await _connection.CallAsync(
                (client, token) => client.ScrollAsync(_name, having, limit: 1, payloadSelector: true, vectorsSelector: false, readConsistency: _consistency, cancellationToken: token),
                mayRepeat: true,
                cancellationToken).ConfigureAwait(false);
            return page.Result is [var point] && point.Payload.TryGetValue(key, out var value) ? QdrantPoints.KindOf(value) : null;
        }
        catch (InvalidRequestException)
        {
            return null; // strict mode looks at no field without an index: the answer stands as it is
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
