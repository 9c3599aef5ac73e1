using System.Net;
using System.Net.Sockets;
using FaceVoice.Index.Qdrant;
using Microsoft.AspNetCore.Http;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>Errors, retries, aliases and what goes over the wire.</summary>
public sealed class QdrantVectorStoreTests : IAsyncLifetime
{
    private QdrantDouble _server = null!;

    public async ValueTask InitializeAsync() => _server = await QdrantDouble.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void PointUuid_OfKnownName_IsThatOfTheRfc() => // RFC 9562, appendix A.4
        Assert.Equal(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"), PointUuid.Of(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));

    [Theory]
    [InlineData(400, "application/json", typeof(InvalidRequestException), 1)]
    [InlineData(422, "application/json", typeof(InvalidRequestException), 1)]
    [InlineData(401, "text/plain", typeof(IndexAccessDeniedException), 1)]
    [InlineData(403, "text/plain", typeof(IndexAccessDeniedException), 1)]
    [InlineData(404, "application/json", typeof(IndexNotFoundException), 1)]
    [InlineData(408, "application/json", typeof(IndexUnavailableException), 4)]
    [InlineData(429, "application/json", typeof(IndexFullException), 1)]
    [InlineData(500, "application/json", typeof(IndexUnavailableException), 4)]
    [InlineData(502, "text/html", typeof(IndexUnavailableException), 4)]
    [InlineData(503, "application/json", typeof(IndexUnavailableException), 4)]
    [InlineData(507, "application/json", typeof(IndexFullException), 1)]
    public async Task Count_ServerRefuses_IsTypedAndTriedAsOftenAsSafe(int status, string contentType, Type expected, int attempts)
    {
        await using var store = await OpenAsync();
        _server.Requests.Clear();
        for (var i = 0; i < attempts; i++)
        {
            _server.Faults.Enqueue(Answer(status, contentType));
        }

        var error = await Assert.ThrowsAnyAsync<IndexException>(() => store.CountAsync());
        Assert.IsType(expected, error);
        Assert.Contains("because of the test", error.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, _server.Requests.Count);
    }

    [Fact]
    public async Task Upsert_FailsOnce_IsRepeated()
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(Answer(503, "application/json"));
        await store.UpsertAsync([TestPoints.Make(1)]);
        Assert.Equal(1, await store.CountAsync());
    }

    [Fact]
    public async Task Search_ConnectionCut_IsRepeated()
    {
        await using var store = await OpenAsync();
        await store.UpsertAsync([TestPoints.Make(1)]);
        _server.Faults.Enqueue(context =>
        {
            context.Abort();
            return Task.FromResult(true);
        });
        Assert.Single(await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 1) }));
    }

    [Fact]
    public async Task DeleteByFilter_Fails_IsNotRepeated()
    {
        await using var store = await OpenAsync();
        await store.UpsertAsync(TestPoints.Many(4));
        _server.Requests.Clear();
        _server.Faults.Enqueue(_ => Task.FromResult(false)); // the count passes
        _server.Faults.Enqueue(Answer(503, "application/json"));
        await Assert.ThrowsAsync<IndexUnavailableException>(() => store.DeleteAsync(IndexFilter.OfModality(PointModality.Face)));
        Assert.Single(_server.Requests, r => r.Contains("/points/delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Count_RateLimited_WaitsAsLongAsAsked()
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(async context =>
        {
            context.Response.Headers.RetryAfter = "1";
            return await Answer(429, "application/json")(context);
        });
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await store.CountAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task Upsert_OnlyQueued_IsSentAgainUntilCarriedOut()
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"result":{"operation_id":3,"status":"wait_timeout"},"status":"ok","time":0.1}""");
            return true;
        });
        await store.UpsertAsync([TestPoints.Make(1)]);
        Assert.Equal(1, await store.CountAsync());
    }

    [Fact]
    public async Task Count_NoAnswerInTime_IsUnavailable()
    {
        await using var store = await OpenAsync(new QdrantStoreOptions { AttemptTimeout = TimeSpan.FromMilliseconds(200), MaxAttempts = 1 });
        _server.Faults.Enqueue(async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        });
        await Assert.ThrowsAsync<IndexUnavailableException>(() => store.CountAsync());
    }

    [Fact]
    public async Task Count_NotQdrant_SaysSo()
    {
        await using var store = await OpenAsync(new QdrantStoreOptions { MaxAttempts = 1 });
        _server.Faults.Enqueue(async context =>
        {
            await context.Response.WriteAsync("<html>hello</html>");
            return true;
        });
        await Assert.ThrowsAsync<IndexUnavailableException>(() => store.CountAsync());
    }

    [Fact]
    public async Task Open_NobodyThere_IsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await Assert.ThrowsAsync<IndexUnavailableException>(() => QdrantVectorStore.OpenAsync(new Uri($"http://127.0.0.1:{port}"), "c", TestPoints.Schema, new QdrantStoreOptions { MaxAttempts = 2 }));
    }

    [Fact]
    public async Task Open_WrongKeys_AreRefused()
    {
        await using var locked = await QdrantDouble.StartAsync("right");
        await Assert.ThrowsAsync<IndexAccessDeniedException>(() => QdrantVectorStore.OpenAsync(locked.Address, "c", TestPoints.Schema, new QdrantStoreOptions { ApiKey = "wrong" }));
        using var template = StoreKey.Generate();
        await (await OpenAsync(new QdrantStoreOptions { TemplateKey = template })).DisposeAsync();
        await Assert.ThrowsAsync<IndexAccessDeniedException>(() => OpenAsync());
    }

    [Fact]
    public async Task Open_NoSchemaAndNoCollection_IsNotFound() =>
        await Assert.ThrowsAsync<IndexNotFoundException>(() => QdrantVectorStore.OpenAsync(_server.Address, "nothing"));

    [Fact]
    public async Task SwitchAlias_ToOtherModel_ChangesWhatOpens()
    {
        await (await OpenAsync()).DisposeAsync();
        var next = new IndexSchema("model-b", TestPoints.Schema.Dimensions);
        await (await QdrantVectorStore.OpenAsync(_server.Address, "v2", next)).DisposeAsync();
        await QdrantVectorStore.SwitchAliasAsync(_server.Address, "live", "voices");
        await (await QdrantVectorStore.OpenAsync(_server.Address, "live", TestPoints.Schema)).DisposeAsync();
        await QdrantVectorStore.SwitchAliasAsync(_server.Address, "live", "v2");
        await using var live = await QdrantVectorStore.OpenAsync(_server.Address, "live", next);
        Assert.Equal("model-b", live.Schema.ModelId);
    }

    [Fact]
    public async Task Create_WithSharding_SendsIt()
    {
        await (await OpenAsync(new QdrantStoreOptions { ShardNumber = 6, ReplicationFactor = 2, IndexedFields = new Dictionary<string, PayloadKind> { ["age"] = PayloadKind.Number } })).DisposeAsync();
        using var client = new HttpClient();
        var info = await client.GetStringAsync(new Uri(_server.Address, "/collections/voices"));
        Assert.Contains("\"shard_number\":6", info, StringComparison.Ordinal);
        Assert.Contains("\"replication_factor\":2", info, StringComparison.Ordinal);
        Assert.Contains("\"age\":{\"data_type\":\"float\"", info, StringComparison.Ordinal);
        Assert.Contains("\"int8\"", info, StringComparison.Ordinal);
    }

    private async Task<QdrantVectorStore> OpenAsync(QdrantStoreOptions? options = null) => await QdrantVectorStore.OpenAsync(_server.Address, "voices", TestPoints.Schema, options);

    private static Func<HttpContext, Task<bool>> Answer(int status, string contentType) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(contentType == "application/json" ? """{"result":null,"status":{"error":"because of the test"},"time":0.1}""" : "because of the test");
        return true;
    };
}
