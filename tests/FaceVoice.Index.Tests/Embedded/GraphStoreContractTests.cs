using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>The contract where the graph answers as soon as it can, and kernels are the plain ones.</summary>
public sealed class GraphStoreContractTests : EmbeddedStoreContractTests
{
    private protected override EmbeddedStoreOptions Options { get; } = new() { GraphMinPoints = 20, GraphMinShare = 0, Kernel = KernelPath.Plain };
}
