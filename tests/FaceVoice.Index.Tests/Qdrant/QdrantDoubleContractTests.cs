namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>The contract on the double.</summary>
public class QdrantDoubleContractTests : VectorStoreContract, IAsyncLifetime
{
    private QdrantDouble _server = null!;

    private protected virtual QdrantStoreOptions Options { get; } = new() { ApiKey = "a key", BatchSize = 7 };

    public async ValueTask InitializeAsync() => _server = await QdrantDouble.StartAsync(Options.ApiKey);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task<IVectorStore> OpenAsync(IndexSchema schema) => await QdrantVectorStore.OpenAsync(_server.Address, "voices", schema, Options);
}
