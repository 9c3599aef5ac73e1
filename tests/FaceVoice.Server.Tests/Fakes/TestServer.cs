using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Tests.Fakes;

/// <summary>The whole server on free ports with a fake engine and a real index in a scratch folder.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("facevoice-service-");
    private FaceVoiceServer _server = null!;

    private TestServer()
    {
    }

    public FakeEngine Engine { get; } = new();

    public GrpcChannel Channel { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public FaceVoiceServer Server => _server;

    public string Scratch => _scratch.FullName;

    public EmbeddingService.EmbeddingServiceClient Embedding => new(Channel);

    public MatchingService.MatchingServiceClient Matching => new(Channel);

    public IndexService.IndexServiceClient Index => new(Channel);

    public static async Task<TestServer> StartAsync(
        Action<ServiceSettings, TestServer>? configure = null, bool withIndex = true, Task? hold = null, Func<IndexSchema, Task<IVectorStore>>? openIndex = null)
    {
        var test = new TestServer();
        var settings = new ServiceSettings { Listen = { GrpcPort = 0, HttpPort = 0 }, Telemetry = { LogLevel = LogLevel.Critical }, Work = { DrainSeconds = 5 } };
        configure?.Invoke(settings, test);
        test._server = await FaceVoiceServer.StartAsync(
            settings,
            async (_, token) =>
            {
                await (hold ?? Task.CompletedTask);
                var schema = new IndexSchema(test.Engine.Manifest.ModelId, new Dictionary<string, int> { ["joint"] = FakeEngine.JointDimension, ["speaker"] = 6 });
                openIndex ??= async made => await EmbeddedVectorStore.OpenAsync(Path.Combine(test.Scratch, "index"), made, cancellationToken: token);
                return new LoadedEngine(test.Engine, withIndex ? await openIndex(schema) : null);
            },
            CancellationToken.None);
        if (hold is null)
        {
            await test._server.Ready;
        }

        test.Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{test._server.GrpcPort}");
        test.Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{test._server.HttpPort}") };
        return test;
    }

    public static FaceImage Face(string text) => new() { Data = ByteString.CopyFromUtf8(text) };

    public static VoiceAudio Voice(string text) => new() { Data = ByteString.CopyFromUtf8(text) };

    public static FaceSample FaceSample(string text) => new() { Image = Face(text) };

    public static VoiceSample VoiceSample(string text) => new() { Audio = Voice(text) };

    public CallInvoker WithKey(string key) => Channel.Intercept(metadata =>
    {
        metadata.Add("authorization", "Bearer " + key);
        return metadata;
    });

    /// <summary>Waits until the metrics are as they should be: what ends after its caller was answered is counted late.</summary>
    public async Task UntilMetricsAsync(Func<string, bool> isThere)
    {
        var text = "";
        for (var i = 0; i < 500 && !isThere(text); i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            text = await Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        }

        Assert.True(isThere(text), text);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _server.DisposeAsync();
        _scratch.Delete(recursive: true);
    }
}
