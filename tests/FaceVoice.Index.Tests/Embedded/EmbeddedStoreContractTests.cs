namespace FaceVoice.Index.Tests.Embedded;

/// <summary>The contract on a plain embedded store.</summary>
public class EmbeddedStoreContractTests : VectorStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private protected virtual EmbeddedStoreOptions Options { get; } = new();

    protected override async Task<IVectorStore> OpenAsync(IndexSchema schema) => await EmbeddedVectorStore.OpenAsync(_folder.Of("index"), schema, Options);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
