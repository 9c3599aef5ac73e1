namespace FaceVoice.Index.Tests.Embedded;

/// <summary>The contract on encrypted files and rotated vectors.</summary>
public sealed class SecretStoreContractTests : EmbeddedStoreContractTests
{
    private protected override EmbeddedStoreOptions Options { get; } = new() { CheckpointBytes = 1, EncryptionKey = StoreKey.Generate(), TemplateKey = StoreKey.Generate() };
}
