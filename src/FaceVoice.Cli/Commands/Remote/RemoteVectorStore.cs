using FaceVoice.Cli.Commands.Embed;
using FaceVoice.Index;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using Grpc.Core;
using SearchHit = FaceVoice.Index.SearchHit;
using SearchRequest = FaceVoice.Index.SearchRequest;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>The index of a running server: read, searched and removed from through it, with its model. Points are enrolled as media, by clients of the server. Thread-safe.</summary>
internal sealed class RemoteVectorStore : IVectorStore
{
    private const int MaxIds = 1000;
    private readonly ServerConnection _server;

    private RemoteVectorStore(ServerConnection server, IndexSchema schema) => (_server, Schema) = (server, schema);

    public IndexSchema Schema { get; }

    /// <summary>Asks the server for its index, and takes the connection over.</summary>
    /// <exception cref="RpcException">The server has no index, or cannot be reached.</exception>
    public static async Task<RemoteVectorStore> OpenAsync(ServerConnection server, CancellationToken cancellationToken)
    {
        try
        {
            var stats = await server.CallAsync(options => server.Index.StatsAsync(new StatsRequest(), options), cancellationToken);
            return new RemoteVectorStore(server, WirePoints.Stats(stats).Schema);
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Lets the server embed a file, for a search.</summary>
    /// <param name="path">A picture or a recording.</param>
    /// <param name="modality">Which of them.</param>
    /// <param name="vectorName">The space that is searched.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Dictionary<string, ReadOnlyMemory<float>>> EmbedAsync(string path, PointModality modality, string vectorName, CancellationToken cancellationToken)
    {
        var isSpeaker = modality == PointModality.Voice && vectorName == VectorName.Speaker; // faces are in the joint space only
        IFileEmbedder embedder = modality == PointModality.Face
            ? new RemoteFaceEmbedder(_server, EmbeddingSpace.Joint)
            : new RemoteVoiceEmbedder(_server, isSpeaker ? EmbeddingSpace.Speaker : EmbeddingSpace.Joint);
        var (embedding, _, warnings) = await embedder.EmbedAsync(path, cancellationToken);
        foreach (var warning in warnings)
        {
            await Console.Error.WriteLineAsync($"facevoice index search: {path}: {warning}");
        }

        return new Dictionary<string, ReadOnlyMemory<float>> { [isSpeaker ? VectorName.Speaker : VectorName.Joint] = embedding.Vector };
    }

    public Task UpsertAsync(IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A server enrols media, not points.");

    public Task InsertAsync(IReadOnlyList<IndexPoint> points, IReadOnlyList<string> absent, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A server enrols media, not points.");

    public async Task<IReadOnlyList<IndexPoint>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        var points = new List<IndexPoint>();
        foreach (var id in ids)
        {
            try
            {
                var request = new GetRequest { SampleId = id, WithEmbeddings = true };
                points.Add(WirePoints.Point((await _server.CallAsync(options => _server.Index.GetAsync(request, options), cancellationToken)).Sample));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                // As from any index: what is not there is left out.
            }
        }

        return points;
    }

    public async Task<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        var removed = 0L;
        foreach (var part in ids.Chunk(MaxIds))
        {
            removed += await DeleteAsync(new DeleteRequest { SampleIds = new Keywords { Values = { part } } }, cancellationToken);
        }

        return removed;
    }

    public Task<long> DeleteAsync(IndexFilter filter, CancellationToken cancellationToken = default) =>
        DeleteAsync(new DeleteRequest { Filter = FilterToWire.Convert(filter) }, cancellationToken);

    public async Task<IReadOnlyList<SearchHit>> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
    {
        var space = WirePoints.SpaceOf(request.VectorName);
        var wire = new Protocol.V1.SearchRequest
        {
            Embedding = new Protocol.V1.Embedding { Space = space, ModelId = Schema.ModelId, Values = { request.Vector.ToArray() } },
            Space = space,
            Limit = request.Limit,
            Exact = request.Exact,
            Filter = request.Filter is null ? null : FilterToWire.Convert(request.Filter),
        };
        if (request.ScoreThreshold is { } threshold)
        {
            wire.MinScore = threshold;
        }

        var answer = await _server.CallAsync(options => _server.Index.SearchAsync(wire, options), cancellationToken);
        return [.. answer.Hits.Select(WirePoints.Hit)];
    }

    public async Task<IReadOnlyList<IReadOnlyList<SearchHit>>> SearchAsync(IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default)
    {
        var found = new List<IReadOnlyList<SearchHit>>();
        foreach (var request in requests)
        {
            found.Add(await SearchAsync(request, cancellationToken));
        }

        return found;
    }

    public async Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
    {
        var wire = new ListRequest
        {
            Filter = request.Filter is null ? null : FilterToWire.Convert(request.Filter),
            PageSize = request.Limit,
            PageToken = request.Cursor ?? "",
            WithEmbeddings = request.WithVectors,
        };
        var answer = await _server.CallAsync(options => _server.Index.ListAsync(wire, options), cancellationToken);
        return new ScrollPage { Points = [.. answer.Samples.Select(WirePoints.Point)], NextCursor = answer.NextPageToken.Length > 0 ? answer.NextPageToken : null };
    }

    public async Task<long> CountAsync(IndexFilter? filter = null, CancellationToken cancellationToken = default)
    {
        if (filter is null)
        {
            return (await GetStatsAsync(cancellationToken)).Points;
        }

        var count = 0L;
        string? cursor = null;
        do
        {
            var page = await ScrollAsync(new ScrollRequest { Filter = filter, Cursor = cursor }, cancellationToken);
            (count, cursor) = (count + page.Points.Count, page.NextCursor);
        }
        while (cursor is not null);
        return count;
    }

    public async Task<IndexStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        WirePoints.Stats(await _server.CallAsync(options => _server.Index.StatsAsync(new StatsRequest(), options), cancellationToken));

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<long> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken) =>
        (await _server.CallAsync(options => _server.Index.DeleteAsync(request, options), cancellationToken)).Removed;
}
