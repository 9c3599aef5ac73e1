namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>The contract on a real server, where FACEVOICE_QDRANT_URL names one (and FACEVOICE_QDRANT_KEY its key); collections are removed afterwards.</summary>
public sealed class QdrantServerContractTests : VectorStoreContract, IAsyncLifetime
{
    private readonly string? _url = Environment.GetEnvironmentVariable("FACEVOICE_QDRANT_URL");
    private readonly QdrantStoreOptions _options = new() { ApiKey = Environment.GetEnvironmentVariable("FACEVOICE_QDRANT_KEY") };
    private readonly string _collection = $"facevoice-test-{Guid.NewGuid():N}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_url is not null)
        {
            using var client = new HttpClient { BaseAddress = new Uri(_url) };
            client.DefaultRequestHeaders.Add("api-key", _options.ApiKey ?? string.Empty);
            (await client.DeleteAsync(new Uri($"/collections/{_collection}", UriKind.Relative))).Dispose();
        }
    }

    protected override async Task<IVectorStore> OpenAsync(IndexSchema schema)
    {
        Assert.SkipWhen(_url is null, "needs a Qdrant server: FACEVOICE_QDRANT_URL");
        return await QdrantVectorStore.OpenAsync(new Uri(_url), _collection, schema, _options);
    }
}
