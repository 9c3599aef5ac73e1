using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Qdrant.Client.Grpc;

namespace FaceVoice.Testing.Qdrant;

/// <summary>A call that a <see cref="QdrantDouble"/> took.</summary>
/// <param name="Method">Its full name, as <c>/qdrant.Points/Upsert</c>.</param>
/// <param name="Request">What it asked.</param>
/// <param name="Context">Its headers and deadline.</param>
public sealed record DoubleCall(string Method, IMessage Request, ServerCallContext Context);

/// <summary>
/// A server that answers as Qdrant's gRPC API does, in memory: the part of the API that a vector store uses, strict about what it is sent. It serves the
/// services that the client's own descriptors describe.
/// </summary>
public sealed class QdrantDouble : IAsyncDisposable
{
    private readonly DoubleCollections _collections = new();
    private WebApplication _app = null!;
    private string? _apiKey;

    /// <summary>Gets the address to open.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Gets or sets the version that the server says it has.</summary>
    public string Version { get; set; } = "1.20.0";

    /// <summary>Gets what to do instead of answering, first come first served: give an answer, throw, or return null to let the call through.</summary>
    public ConcurrentQueue<Func<DoubleCall, Task<IMessage?>>> Faults { get; } = new();

    /// <summary>Gets every call that came with a right key, faults included.</summary>
    public ConcurrentQueue<DoubleCall> Calls { get; } = new();

    /// <summary>Gets or sets whether the collections are in strict mode: no filter on a field without an index, no exact search.</summary>
    public bool IsStrict
    {
        get => _collections.IsStrict;
        set => _collections.IsStrict = value;
    }

    /// <summary>Starts a server on a free port.</summary>
    /// <param name="apiKey">The key that it asks for; null for none.</param>
    public static async Task<QdrantDouble> StartAsync(string? apiKey = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var server = new QdrantDouble { _apiKey = apiKey };
        builder.Services.AddGrpc(options => (options.MaxReceiveMessageSize, options.MaxSendMessageSize) = (null, null));
        builder.Services.AddSingleton(server);
        builder.Services.AddSingleton<IServiceMethodProvider<QdrantDouble>>(new DescriptorMethods(
            [.. PointsServiceReflection.Descriptor.Services, .. CollectionsServiceReflection.Descriptor.Services, .. SnapshotsServiceReflection.Descriptor.Services, .. QdrantReflection.Descriptor.Services]));
        server._app = builder.Build();
        server._app.MapGrpcService<QdrantDouble>();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Puts a point into a collection as earlier versions of the server took it, without the rules of this one.</summary>
    public void PutUnchecked(string collection, PointStruct point) => _collections.Find(collection).Put(point);

    /// <summary>Reads what a collection is like.</summary>
    public CollectionInfo Info(string collection) => _collections.Find(collection).Info();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal async Task<IMessage> AnswerAsync(string method, IMessage request, ServerCallContext context)
    {
        if (method != "/qdrant.Qdrant/HealthCheck") // which needs no key
        {
            RequireKey(context);
        }

        var call = new DoubleCall(method, request, context);
        Calls.Enqueue(call);
        return Faults.TryDequeue(out var fault) && await fault(call) is { } given ? given : Answer(request);
    }

    private void RequireKey(ServerCallContext context)
    {
        var key = context.RequestHeaders.GetValue("api-key") ?? context.RequestHeaders.GetValue("authorization")?.Replace("Bearer ", string.Empty, StringComparison.Ordinal);
        if (_apiKey is not null && key != _apiKey)
        {
            throw DoubleError.Of(StatusCode.Unauthenticated, key is null ? "Must provide an API key or an Authorization bearer token" : "Invalid API key or JWT");
        }
    }

    private IMessage Answer(IMessage request)
    {
        lock (_collections)
        {
            return request switch
            {
                HealthCheckRequest => new HealthCheckReply { Title = "qdrant - vector search engine", Version = Version },
                CreateCollection create => _collections.Create(create),
                GetCollectionInfoRequest info => new GetCollectionInfoResponse { Result = _collections.Find(info.CollectionName).Info() },
                CollectionExistsRequest exists => new CollectionExistsResponse { Result = new CollectionExists { Exists = _collections.Has(exists.CollectionName) } },
                DeleteCollection delete => _collections.Delete(delete),
                ChangeAliases change => _collections.Change(change),
                ListAliasesRequest => _collections.ListAliases(),
                CreateFieldIndexCollection index => _collections.Find(index.CollectionName).IndexField(index),
                UpsertPoints upsert => _collections.Find(upsert.CollectionName).Upsert(upsert),
                DeletePoints delete => _collections.Find(delete.CollectionName).Delete(delete),
                GetPoints get => _collections.Find(get.CollectionName).Get(get),
                CountPoints count => _collections.Find(count.CollectionName).Count(count),
                ScrollPoints scroll => _collections.Find(scroll.CollectionName).Scroll(scroll),
                QueryBatchPoints batch => Query(_collections.Find(batch.CollectionName), batch),
                _ => throw DoubleError.Of(StatusCode.Unimplemented, $"the double knows no {request.Descriptor.Name}"),
            };
        }
    }

    private static QueryBatchResponse Query(DoubleCollection collection, QueryBatchPoints batch)
    {
        DoubleCollection.Require(batch.ReadConsistency, batch.HasTimeout ? batch.Timeout : null);
        return new QueryBatchResponse { Result = { batch.QueryPoints.Select(collection.Query) } };
    }
}

/// <summary>The refusals of a double.</summary>
internal static class DoubleError
{
    public static RpcException Of(StatusCode status, string message) => new(new Status(status, message));

    public static RpcException Invalid(string message) => Of(StatusCode.InvalidArgument, message);
}
