using FaceVoice.Testing.Grpc;

namespace FaceVoice.Grpc.Tests;

/// <summary>The public interoperability cases, our client against our server.</summary>
public sealed class InteropTests
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OwnClientAndServer_Case_Passes(string name)
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        await InteropCases.All[name](server.Channel.CreateCallInvoker()).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
