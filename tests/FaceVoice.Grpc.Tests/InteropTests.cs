using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Grpc.Protocol;
using Grpc.Core;

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

    [Fact]
    public async Task Write_DeadlineHadPassedBeforeTheCall_EndsAtOnce()
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        using var call = new TestService.TestServiceClient(server.Channel.CreateCallInvoker()).FullDuplexCall(deadline: DateTime.UtcNow.AddSeconds(-1), cancellationToken: TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamingOutputCallRequest()).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }
}
