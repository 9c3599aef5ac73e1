using System.Net;
using System.Net.Sockets;
using FaceVoice.Index.Qdrant;
using FaceVoice.Testing.Qdrant;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Qdrant.Client.Grpc;

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
    [InlineData(StatusCode.InvalidArgument, "Wrong input: because of the test", typeof(InvalidRequestException), 1, "because of the test")]
    [InlineData(StatusCode.InvalidArgument, "Bad request: Index required but not found for \"x\". Help: Create an index", typeof(InvalidRequestException), 1, "strict mode")]
    [InlineData(StatusCode.Unauthenticated, "Must provide an API key", typeof(IndexAccessDeniedException), 1, "QDRANT_API_KEY or FACEVOICE_QDRANT_KEY")]
    [InlineData(StatusCode.PermissionDenied, "Forbidden: because of the test", typeof(IndexAccessDeniedException), 1, "read-only key")]
    [InlineData(StatusCode.NotFound, "because of the test", typeof(IndexNotFoundException), 1, "because of the test")]
    [InlineData(StatusCode.DeadlineExceeded, "Timeout: because of the test", typeof(IndexUnavailableException), 4, "did not answer within 30 s")]
    [InlineData(StatusCode.ResourceExhausted, "Rate limiting exceeded: Read rate limit exceeded: Operation requires 900 tokens but limit is 100", typeof(InvalidRequestException), 1, "lower the batch size")]
    [InlineData(StatusCode.ResourceExhausted, "Disk quota exceeded", typeof(IndexFullException), 1, "quota")]
    [InlineData(StatusCode.Internal, "Service internal error: because of the test", typeof(IndexUnavailableException), 4, "because of the test")]
    [InlineData(StatusCode.Internal, "Service internal error: No space left on device: WAL buffer size exceeds available disk space", typeof(IndexFullException), 1, "No space left")]
    [InlineData(StatusCode.Internal, "Service internal error: Failed to apply operation. Consistency of this update is not guaranteed. Please retry.", typeof(IndexUnavailableException), 4, "Too few replicas")]
    [InlineData(StatusCode.Unavailable, "Shard temporarily unavailable: because of the test", typeof(IndexUnavailableException), 4, "because of the test")]
    [InlineData(StatusCode.Unimplemented, "", typeof(IndexUnavailableException), 4, "no Qdrant server")]
    public async Task Count_ServerRefuses_IsTypedSaidClearlyAndTriedAsOftenAsSafe(StatusCode status, string detail, Type expected, int attempts, string words)
    {
        await using var store = await OpenAsync();
        _server.Calls.Clear();
        for (var i = 0; i < attempts; i++)
        {
            _server.Faults.Enqueue(_ => throw new RpcException(new Status(status, detail)));
        }

        var error = await Assert.ThrowsAnyAsync<IndexException>(() => store.CountAsync());
        Assert.IsType(expected, error);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, _server.Calls.Count);
    }

    [Fact]
    public async Task Upsert_FailsOnce_IsRepeated()
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(_ => throw new RpcException(new Status(StatusCode.Unavailable, "for a moment")));
        await store.UpsertAsync([TestPoints.Make(1)]);
        Assert.Equal(1, await store.CountAsync());
    }

    [Fact]
    public async Task Search_ConnectionCut_IsRepeated()
    {
        await using var store = await OpenAsync();
        await store.UpsertAsync([TestPoints.Make(1)]);
        _server.Faults.Enqueue(call =>
        {
            call.Context.GetHttpContext().Abort();
            return Task.FromResult<IMessage?>(null);
        });
        Assert.Single(await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 1) }));
    }

    [Fact]
    public async Task DeleteByFilter_Fails_IsNotRepeated()
    {
        await using var store = await OpenAsync();
        await store.UpsertAsync(TestPoints.Many(4));
        _server.Calls.Clear();
        _server.Faults.Enqueue(_ => Task.FromResult<IMessage?>(null)); // the count passes
        _server.Faults.Enqueue(_ => throw new RpcException(new Status(StatusCode.Unavailable, "for a moment")));
        await Assert.ThrowsAsync<IndexUnavailableException>(() => store.DeleteAsync(IndexFilter.OfModality(PointModality.Face)));
        Assert.Single(_server.Calls, c => c.Request is DeletePoints);
    }

    [Fact]
    public async Task Count_RateLimited_WaitsAsLongAsTheTrailerAsks()
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(_ => throw new RpcException(new Status(StatusCode.ResourceExhausted, "Rate limiting exceeded: Read rate limit exceeded"), new Metadata { { "retry-after", "1" } }));
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await store.CountAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.95));
    }

    [Theory]
    [InlineData(UpdateStatus.Acknowledged)]
    [InlineData(UpdateStatus.WaitTimeout)]
    public async Task Upsert_OnlyQueued_IsSentAgainUntilCarriedOut(UpdateStatus status)
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(_ => Task.FromResult<IMessage?>(new PointsOperationResponse { Result = new UpdateResult { Status = status } }));
        await store.UpsertAsync([TestPoints.Make(1)]);
        Assert.Equal(1, await store.CountAsync());
    }

    [Fact]
    public async Task Upsert_NeverCarriedOut_IsUnavailable()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            _server.Faults.Enqueue(_ => Task.FromResult<IMessage?>(new PointsOperationResponse { Result = new UpdateResult { Status = UpdateStatus.WaitTimeout } }));
        }

        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.UpsertAsync([TestPoints.Make(1)]));
        Assert.Contains("WaitTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Count_NoAnswerInTime_IsUnavailable()
    {
        await using var store = await OpenAsync(new QdrantStoreOptions { AttemptTimeout = TimeSpan.FromSeconds(3), MaxAttempts = 1 });
        _server.Faults.Enqueue(async call =>
        {
            await Task.Delay(Timeout.Infinite, call.Context.CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            return null;
        });
        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => store.CountAsync());
        Assert.Contains("within 3 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Count_Cancelled_IsCancelled()
    {
        await using var store = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        _server.Faults.Enqueue(async call =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, call.Context.CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            return null;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CountAsync(null, cancel.Token));
    }

    [Fact]
    public async Task Scroll_LargerThanTheClientsOwnDefault_Passes()
    {
        // Qdrant's client takes 4 MB unless its channel says otherwise: 1,500 points of 768 numbers have 5 MB.
        var schema = new IndexSchema("large", new Dictionary<string, int> { ["joint"] = 768 });
        await using var store = await QdrantVectorStore.OpenAsync(_server.Address, "large", schema);
        await store.UpsertAsync([.. Enumerable.Range(0, 1500).Select(i => new IndexPoint
        {
            Id = $"{i}", Modality = PointModality.Face, Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = TestPoints.Unit(768, i) },
        })]);
        Assert.Equal(1500, (await store.ScrollAsync(new ScrollRequest { Limit = 1500, WithVectors = true })).Points.Count);

        await using var small = await QdrantVectorStore.OpenAsync(_server.Address, "large", schema, new QdrantStoreOptions { MaxAnswerBytes = 1 << 20 });
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => small.ScrollAsync(new ScrollRequest { Limit = 1500, WithVectors = true }));
        Assert.Contains("more than 1 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PortOfTheRestApi_SaysWhichPortIsMeant()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1));
        await using var rest = builder.Build();
        rest.MapGet("/", () => "qdrant");
        await rest.StartAsync();
        var error = await Assert.ThrowsAsync<IndexUnavailableException>(
            () => QdrantVectorStore.OpenAsync(new Uri(rest.Urls.Single()), "c", TestPoints.Schema, new QdrantStoreOptions { MaxAttempts = 1 }));
        Assert.Contains("6334", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NobodyThere_IsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var error = await Assert.ThrowsAsync<IndexUnavailableException>(
            () => QdrantVectorStore.OpenAsync(new Uri($"http://127.0.0.1:{port}"), "c", TestPoints.Schema, new QdrantStoreOptions { MaxAttempts = 2 }));
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ServerTooOld_SaysSo()
    {
        _server.Version = "1.16.3";
        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => OpenAsync());
        Assert.Contains("1.16.3; 1.17 or newer", error.Message, StringComparison.Ordinal);
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
    public async Task Open_CollectionOfSomethingElse_IsRefused()
    {
        await MakeForeignAsync("other");
        var error = await Assert.ThrowsAsync<IndexNotFoundException>(() => QdrantVectorStore.OpenAsync(_server.Address, "other", TestPoints.Schema));
        Assert.Contains("not an index of FaceVoice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_CollectionOfAnEarlierVersion_StillOpensAndHidesItsSchemaPoint()
    {
        await MakeForeignAsync("old");
        var schemaPoint = new PointStruct { Id = new PointId { Uuid = PointUuid.Schema.ToString() } };
        schemaPoint.Payload["model_id"] = TestPoints.Schema.ModelId;
        _server.PutUnchecked("old", schemaPoint);
        await using var store = await QdrantVectorStore.OpenAsync(_server.Address, "old", TestPoints.Schema);
        await store.UpsertAsync(TestPoints.Many(5));
        Assert.Equal(5, await store.CountAsync());
        Assert.Equal(5, (await store.ScrollAsync(new ScrollRequest())).Points.Count);
        Assert.Equal(3, await store.DeleteAsync(IndexFilter.Not(IndexFilter.OfModality(PointModality.Voice))));
        await using var again = await QdrantVectorStore.OpenAsync(_server.Address, "old", TestPoints.Schema);
        Assert.Equal(2, await again.CountAsync());
    }

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
    public async Task Create_WithoutSettings_LeavesTheClustersDefaultsAlone()
    {
        await (await OpenAsync()).DisposeAsync();
        var created = Assert.Single(Requests<CreateCollection>());
        Assert.False(created.HasShardNumber || created.HasReplicationFactor || created.HasWriteConsistencyFactor);
        Assert.Equal("model-a", created.Metadata["facevoice_model_id"].StringValue);
    }

    [Fact]
    public async Task Create_WithSettings_SendsThem()
    {
        await (await OpenAsync(new QdrantStoreOptions
        {
            ShardNumber = 6,
            ReplicationFactor = 3,
            WriteConsistencyFactor = 2,
            TenantField = "site",
            IndexedFields = new Dictionary<string, PayloadKind> { ["age"] = PayloadKind.Number },
        })).DisposeAsync();
        var info = _server.Info("voices");
        Assert.Equal((6u, 3u, 2u), (info.Config.Params.ShardNumber, info.Config.Params.ReplicationFactor, info.Config.Params.WriteConsistencyFactor));
        Assert.Equal(QuantizationType.Int8, info.Config.QuantizationConfig.Scalar.Type);
        Assert.Equal(PayloadSchemaType.Float, info.PayloadSchema["age"].DataType);
        Assert.True(info.PayloadSchema["site"].Params.KeywordIndexParams.IsTenant);
        Assert.Null(info.PayloadSchema["identity"].Params);
    }

    [Fact]
    public async Task ReadAndWrite_WithSettings_SendOrderingConsistencyAndWholeSeconds()
    {
        await using var store = await OpenAsync(new QdrantStoreOptions { Ordering = QdrantWriteOrdering.Strong, ReadConsistency = "majority" });
        await store.UpsertAsync([TestPoints.Make(1)]);
        await store.GetAsync([TestPoints.Id(1)]);
        await store.DeleteAsync([TestPoints.Id(1)]);
        var upsert = Assert.Single(Requests<UpsertPoints>());
        Assert.True(upsert.Wait);
        Assert.Equal((WriteOrderingType.Strong, 29ul), (upsert.Ordering.Type, upsert.Timeout));
        Assert.Equal(WriteOrderingType.Strong, Assert.Single(Requests<DeletePoints>()).Ordering.Type);
        Assert.All(Requests<GetPoints>(), get => Assert.Equal(ReadConsistencyType.Majority, get.ReadConsistency.Type));
        await Assert.ThrowsAsync<InvalidRequestException>(() => OpenAsync(new QdrantStoreOptions { ReadConsistency = "most" }));
    }

    [Fact]
    public async Task Insert_ByTwoStores_KeepsTheFirstAndSendsInsertOnly()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();

        // Both look and find nothing; then the second one writes before the first does.
        _server.Faults.Enqueue(_ => Task.FromResult<IMessage?>(null)); // the look of the first
        _server.Faults.Enqueue(async _ =>
        {
            await two.InsertAsync([TestPoints.Make(1, version: 2), TestPoints.Make(2, version: 2)], []);
            return null;
        });
        await Assert.ThrowsAsync<PointExistsException>(() => one.InsertAsync([TestPoints.Make(1, version: 1), TestPoints.Make(3, version: 1)], []));
        Assert.Equal(2, await one.CountAsync());
        Assert.All(await one.GetAsync([TestPoints.Id(1), TestPoints.Id(2)]), point => Assert.Equal(2, point.Payload["version"].Number));
        Assert.All(Requests<UpsertPoints>(), upsert => Assert.Equal(UpdateMode.InsertOnly, upsert.UpdateMode));
    }

    [Fact]
    public async Task Insert_AnswerIsLost_IsRepeatedWithoutHarm()
    {
        await using var store = await OpenAsync();
        _server.Faults.Enqueue(_ => Task.FromResult<IMessage?>(null));
        _server.Faults.Enqueue(async call =>
        {
            await using var other = await OpenAsync();
            await other.InsertAsync([TestPoints.Make(1)], []);
            call.Context.GetHttpContext().Abort();
            return null;
        });
        await store.InsertAsync([TestPoints.Make(1)], []);
        Assert.Equal(1, await store.CountAsync());
    }

    [Fact]
    public async Task Search_StrictCollection_IsRefusedWithAWayOut()
    {
        await using var store = await OpenAsync();
        await store.UpsertAsync(TestPoints.Many(4));
        _server.IsStrict = true;
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => store.CountAsync(IndexFilter.Match("tags", "vip")));
        Assert.Contains("strict mode: index the field", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidRequestException>(() => store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 1), Exact = true }));
        Assert.Empty(await store.SearchAsync(new SearchRequest { Vector = TestPoints.Unit(24, 1), Filter = IndexFilter.OfIdentity("nobody") }));
    }

    [Fact]
    public async Task Double_WhatTheServerRefuses_IsRefused() // the double is as strict as the server
    {
        await using var store = await OpenAsync();
        using var client = new global::Qdrant.Client.QdrantClient(_server.Address);
        var error = await Assert.ThrowsAsync<RpcException>(() => client.UpsertAsync("voices", [new PointStruct { Id = 7 }]));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        error = await Assert.ThrowsAsync<RpcException>(() => client.RetrieveAsync("voices", [new PointId { Uuid = "no uuid" }]));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        error = await Assert.ThrowsAsync<RpcException>(() => client.ScrollAsync("voices", limit: 0));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    private async Task<QdrantVectorStore> OpenAsync(QdrantStoreOptions? options = null) => await QdrantVectorStore.OpenAsync(_server.Address, "voices", TestPoints.Schema, options);

    private IEnumerable<T> Requests<T>() => _server.Calls.Select(call => call.Request).OfType<T>();

    /// <summary>A collection of the right vectors that says nothing of whose it is.</summary>
    private async Task MakeForeignAsync(string name)
    {
        using var client = new global::Qdrant.Client.QdrantClient(_server.Address);
        var vectors = new VectorParamsMap();
        foreach (var (vector, size) in TestPoints.Schema.Dimensions)
        {
            vectors.Map[vector] = new VectorParams { Size = (ulong)size, Distance = Distance.Cosine };
        }

        await client.CreateCollectionAsync(name, vectors);
    }
}
