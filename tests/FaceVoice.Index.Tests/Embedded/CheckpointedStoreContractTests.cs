namespace FaceVoice.Index.Tests.Embedded;

/// <summary>The contract with a checkpoint after every write, so that everything is read from segments.</summary>
public sealed class CheckpointedStoreContractTests : EmbeddedStoreContractTests
{
    private protected override EmbeddedStoreOptions Options { get; } = new() { CheckpointBytes = 1 };
}
