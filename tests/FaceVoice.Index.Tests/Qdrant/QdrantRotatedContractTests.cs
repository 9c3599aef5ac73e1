namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>The contract on the double where vectors leave this process rotated only.</summary>
public sealed class QdrantRotatedContractTests : QdrantDoubleContractTests
{
    private protected override QdrantStoreOptions Options { get; } = new() { TemplateKey = StoreKey.Generate() };
}
