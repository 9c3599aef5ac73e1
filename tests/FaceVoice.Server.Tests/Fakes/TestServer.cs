using System.Diagnostics;
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
    /// <summary>How long a test waits for what has to happen: only a machine on which it never does should find it too short.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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
        var settings = new ServiceSettings { Listen = { GrpcPort = 0, HttpPort = 0 }, Telemetry = { LogLevel = LogLevel.Critical }, Work = { DrainSeconds = 60 } };
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

    /// <summary>
    /// Waits until the metrics are as they should be, and gives them: a call is counted when its handler has ended, which may be after
    /// its caller was answered.
    /// For tests that run alone: where another server of the process stops, its meters take those of this one with them.
    /// </summary>
    public async Task<string> UntilMetricsAsync(Func<string, bool> isThere)
    {
        var text = "";
        await UntilAsync(async () => isThere(text = await Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)), () => text);
        return text;
    }

    /// <summary>Asks again and again until something is so.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="found">What to say if it never is.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string>? found = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, found?.Invoke() ?? "it never happened");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _server.DisposeAsync();
        _scratch.Delete(recursive: true);
    }
}

/// <summary>One server for the tests of a class that leave nothing behind in it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
