using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Tests.Fakes;
using FaceVoice.Server.WarmUp;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FaceVoice.Server.Tests.WarmUp;

/// <summary>The calls that a server makes to itself before it takes those of others.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public async Task Calls_OfAWarmUp_AreOfEveryMethodThatThereIs()
    {
        await using var server = await TestServer.StartAsync();
        await using var index = await EmbeddedVectorStore.OpenAsync(Path.Combine(server.Scratch, "other"), new IndexSchema("m", new Dictionary<string, int> { ["joint"] = 1 }));
        var recorder = new Recorder();
        await WarmUpCalls.CallAsync(server.Channel.Intercept(recorder), new LoadedEngine(server.Engine, index), TestContext.Current.CancellationToken);
        ServiceDescriptor[] services = [EmbeddingService.Descriptor, MatchingService.Descriptor, IndexService.Descriptor, ModelService.Descriptor];
        Assert.Equal(services.SelectMany(s => s.Methods).Select(m => m.Name).Order(), recorder.Methods.Except(["Check"]).Order());
    }

    [Fact]
    public async Task Start_WithKeysAndMutualTls_IsWarmedUpAllTheSame()
    {
        using var certificates = new Testing.Grpc.TestCertificates();
        await using var server = await TestServer.StartAsync((settings, test) =>
        {
            settings.Listen.Address = "localhost";
            settings.Listen.CertificateFile = certificates.ServerFile;
            settings.Listen.CertificateKeyFile = certificates.ServerKeyFile;
            settings.Listen.ClientAuthorityFile = certificates.AuthorityFile;
            settings.Access.ApiKeyFile = Path.Combine(test.Scratch, "keys.json");
            settings.Limits.MaxConnections = 1;
            ApiKeys.Add(settings.Access.ApiKeyFile, "tests");
        });
        Assert.True(server.Engine.Embedded > 10, $"{server.Engine.Embedded} samples were embedded");
    }

    private sealed class Recorder : Interceptor
    {
        public HashSet<string> Methods { get; } = [];

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            Methods.Add(context.Method.Name);
            return continuation(request, context);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            Methods.Add(context.Method.Name);
            return continuation(context);
        }
    }
}
