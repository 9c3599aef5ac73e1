using FaceVoice.Testing.Qdrant;
using Qdrant.Client;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>The contract on the double.</summary>
public class QdrantContractTests : VectorStoreContract, IAsyncLifetime
{
    private QdrantDouble _server = null!;

    private protected virtual QdrantStoreOptions Options { get; } = new() { ApiKey = "a key", BatchSize = 7 };

    protected override bool WritesAllOrNothing => false;

    public async ValueTask InitializeAsync() => _server = await QdrantDouble.StartAsync(Options.ApiKey);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task<IVectorStore> OpenAsync(IndexSchema schema) => await QdrantVectorStore.OpenAsync(_server.Address, "voices", schema, Options);
}

/// <summary>The contract on the double where vectors leave this process rotated only.</summary>
public sealed class QdrantRotatedContractTests : QdrantContractTests
{
    private protected override QdrantStoreOptions Options { get; } = new() { TemplateKey = StoreKey.Generate() };
}

/// <summary>
/// The contract on a real server, where FACEVOICE_QDRANT_URL names its gRPC port (and QDRANT_API_KEY its key); collections are removed afterwards.
/// </summary>
public sealed class QdrantServerContractTests : VectorStoreContract, IAsyncLifetime
{
    private readonly string? _url = Environment.GetEnvironmentVariable("FACEVOICE_QDRANT_URL");
    private readonly QdrantStoreOptions _options = new() { ApiKey = Environment.GetEnvironmentVariable("QDRANT_API_KEY") ?? Environment.GetEnvironmentVariable("FACEVOICE_QDRANT_KEY") };
    private readonly string _collection = $"facevoice-test-{Guid.NewGuid():N}";

    protected override bool WritesAllOrNothing => false;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_url is not null)
        {
            using var client = new QdrantClient(new Uri(_url), _options.ApiKey);
            await client.DeleteCollectionAsync(_collection);
        }
    }

    protected override async Task<IVectorStore> OpenAsync(IndexSchema schema)
    {
        Assert.SkipWhen(_url is null, "needs a Qdrant server: FACEVOICE_QDRANT_URL, for example http://127.0.0.1:6334");
        return await QdrantVectorStore.OpenAsync(new Uri(_url), _collection, schema, _options);
    }
}
