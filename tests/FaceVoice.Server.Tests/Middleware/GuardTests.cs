using System.Net;
using System.Text;
using FaceVoice.Inference;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using FaceVoice.Server.Tests.Transport;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;

namespace FaceVoice.Server.Tests.Middleware;

public sealed class GuardTests
{
    [Fact]
    public async Task Call_WithoutOrWithWrongKey_IsUnauthenticated()
    {
        await using var server = await TestServer.StartAsync((settings, test) => settings.Access.ApiKeyFile = Keys(test, out _));

        foreach (var invoker in new[] { server.Channel.CreateCallInvoker(), server.WithKey("fv_wrong") })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await new ModelService.ModelServiceClient(invoker).GetModelAsync(new GetModelRequest()));
            Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        }
    }

    [Fact]
    public async Task Call_TwoKeysOfOneClient_BothWork()
    {
        var keys = new List<string>();
        await using var server = await TestServer.StartAsync((settings, test) =>
        {
            settings.Access.ApiKeyFile = Keys(test, out var first);
            keys.Add(first);
            keys.Add(ApiKeys.Add(settings.Access.ApiKeyFile, "tests"));
        });

        foreach (var key in keys)
        {
            var model = await new ModelService.ModelServiceClient(server.WithKey(key)).GetModelAsync(new GetModelRequest());
            Assert.Equal(3, model.Spaces.Count);
        }
    }

    /// <summary>As <c>facevoice keys add</c> of version 0.1 wrote it, with the keys that it showed.</summary>
    [Fact]
    public async Task KeyFile_OfAnEarlierVersion_StillLetsItsClientsIn()
    {
        const string written = """
            [
              {
                "client": "web",
                "sha256": "8f917c7294827641cef7a071118f33595f4b95e984a7ed0e463552547e84ad70"
              },
              {
                "client": "batch",
                "sha256": "942cde7788e3c71c9dc22b85a2a015c269a873be36a81ff5073255a6a3f4f794",
                "calls_per_second": 5,
                "max_concurrent_calls": 2
              },
              {
                "client": "gone",
                "sha256": "a47f92ec8d1a4370e5c9eb46086d37ce5b42878d122c6e90bf2c47abf4e43c14",
                "expires": "2020-11-30T14:47:00.0865529+00:00"
              }
            ]
            """;
        (string Key, StatusCode Expected)[] calls =
        [
            ("fv_11e6b181a198075dcd4aaaa2babf47c4b5f5a8a0b392d28816453279629046cc", StatusCode.OK),
            ("fv_9549985a2d3b178e7a5528dc270dc771b5f0771b398981c69e14334aac2a4e26", StatusCode.OK),
            ("fv_0e734fa7fad7d71b211c028bf4e92c2cb64d0bed4d5aa6d7eeba7d87f50371e6", StatusCode.Unauthenticated),
        ];
        await using var server = await TestServer.StartAsync((settings, test) =>
        {
            settings.Access.ApiKeyFile = Keys(test, out _);
            File.WriteAllText(settings.Access.ApiKeyFile, written);
        });
        foreach (var (key, expected) in calls)
        {
            using var call = new ModelService.ModelServiceClient(server.WithKey(key)).GetModelAsync(new GetModelRequest());
            try
            {
                await call;
            }
            catch (RpcException)
            {
                // Its status is what counts.
            }

            Assert.Equal(expected, call.GetStatus().StatusCode);
        }
    }

    [Fact]
    public async Task KeyFile_HoldsNoKey()
    {
        var folder = Directory.CreateTempSubdirectory("facevoice-keys-");
        try
        {
            var file = Path.Combine(folder.FullName, "keys.json");
            var key = ApiKeys.Add(file, "tests");

            Assert.DoesNotContain(key, await File.ReadAllTextAsync(file));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            ApiKeys.Add(file, "tests", expires: DateTimeOffset.UnixEpoch.AddDays(1));
            var listed = ApiKeys.List(file);
            Assert.Equal(["tests", "tests"], listed.Select(k => k.Client));
            Assert.DoesNotContain(listed[0].Id, key, StringComparison.Ordinal);
            Assert.Equal(0, ApiKeys.Remove(file, "tests", "nonsense"));
            Assert.Equal(1, ApiKeys.Remove(file, "tests", listed[0].Id)); // the earlier one, when its callers have changed over
            Assert.Equal(listed[1], Assert.Single(ApiKeys.List(file)));
            Assert.Equal(1, ApiKeys.Remove(file, "tests"));
            Assert.Empty(ApiKeys.List(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Call_BeyondTheRate_IsRefusedWithHint()
    {
        var key = "";
        await using var server = await TestServer.StartAsync((settings, test) =>
        {
            settings.Access.ApiKeyFile = Path.Combine(test.Scratch, "keys.json");
            key = ApiKeys.Add(settings.Access.ApiKeyFile, "tests", callsPerSecond: 0.01);
        });
        var client = new ModelService.ModelServiceClient(server.WithKey(key));
        await client.GetModelAsync(new GetModelRequest());

        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.GetModelAsync(new GetModelRequest()));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.InRange(int.Parse(error.Trailers.GetValue("retry-after-ms")!, null), 50_000, 100_000);
    }

    [Fact]
    public async Task Call_BeyondTheCallsAtOnce_IsRefused()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxConcurrentCalls = 1);
        using var running = server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("slow") });
        await server.Engine.SlowStarted.Task;

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") }));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        server.Engine.SlowReleased.SetResult();
        await running;
        await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") });
    }

    [Fact]
    public async Task Embed_WhenTheQueueIsFull_IsRefusedBeforeItsMessageIsSent()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Full = new OverloadedException(64, TimeSpan.FromMilliseconds(120));
        var embedded = server.Engine.Embedded;
        using var http = new HttpClient();
        foreach (var method in new[] { "EmbedFace", "EmbedVoice" })
        {
            using var body = new WithheldContent();
            using var request = Web.OverHttp2(server.Server.GrpcPort, "/facevoice.v1.EmbeddingService/" + method, body);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            body.Release();

            Assert.Equal("8", Assert.Single(answer.Headers.GetValues("grpc-status")));
            Assert.Equal("120", Assert.Single(answer.Headers.GetValues("retry-after-ms")));
            Assert.Contains("64 waiting or running", Assert.Single(answer.Headers.GetValues("grpc-message")), StringComparison.Ordinal);
        }

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") }));
        Assert.Equal((StatusCode.ResourceExhausted, "120"), (error.StatusCode, error.Trailers.GetValue("retry-after-ms")));
        Assert.Equal(embedded, server.Engine.Embedded);
    }

    /// <summary>They may bring embeddings, or wait.</summary>
    [Fact]
    public async Task OtherCalls_WhenTheQueueIsFull_AreTaken()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Full = new OverloadedException(64, TimeSpan.FromMilliseconds(120));
        await server.Matching.MatchAsync(new MatchRequest { Faces = { TestServer.FaceSample("face:a") }, Voices = { TestServer.VoiceSample("voice:a") } });
        using var stream = server.Embedding.EmbedStream();
        await stream.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = TestServer.Face("face:a") });
        Assert.True(await stream.ResponseStream.MoveNext(default));
        Assert.Null(stream.ResponseStream.Current.Error);
    }

    /// <summary>
    /// Kestrel counts streams that it had to reset for five seconds, and gives the whole connection up at twice the streams that it may
    /// have.
    /// </summary>
    [Fact]
    public async Task Refusals_ManyOnOneConnection_DoNotEndTheCallsOnIt()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = false });
        async Task<string> CallAsync(string media, int bytes)
        {
            var face = new EmbedFaceRequest { Face = new FaceImage { Data = ByteString.CopyFrom([.. Encoding.UTF8.GetBytes(media), .. new byte[bytes]]) } };
            using var request = Web.OverHttp2(server.Server.GrpcPort, "/facevoice.v1.EmbeddingService/EmbedFace", Web.Request("/", face).Content!);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return Web.Status(answer);
        }

        var running = CallAsync("slow", 0);
        await server.Engine.SlowStarted.Task;
        server.Engine.Full = new OverloadedException(64, TimeSpan.FromMilliseconds(120));
        for (var round = 0; round < 13; round++)
        {
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => CallAsync("face:a", 40_000))), status => Assert.Equal("8", status));
        }

        server.Engine.SlowReleased.SetResult();
        Assert.Equal("0", await running);
    }

    [Fact]
    public async Task HealthWatch_BeyondTheStreamsAtOnce_IsRefusedWhileChecksAreAnswered()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxConcurrentCalls = 2);
        var health = new Health.HealthClient(server.Channel);
        using var first = health.Watch(new HealthCheckRequest());
        using var second = health.Watch(new HealthCheckRequest());
        Assert.True(await first.ResponseStream.MoveNext(TestContext.Current.CancellationToken) && await second.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        using var third = health.Watch(new HealthCheckRequest());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await third.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
        await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") });
    }

    [Fact]
    public async Task Server_BeforeItIsWarm_IsAliveButNotReady()
    {
        var hold = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(hold: hold.Task);

        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") }));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        var health = new Health.HealthClient(server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);

        hold.SetResult();
        await server.Server.Ready;

        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task Stop_WithAnOpenCall_LetsItEnd()
    {
        await using var server = await TestServer.StartAsync();
        using var running = server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("slow") });
        await server.Engine.SlowStarted.Task;

        var stopping = server.Server.StopAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") }));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.False(stopping.IsCompleted);
        server.Engine.SlowReleased.SetResult();

        Assert.NotEmpty((await running).Embeddings);
        await stopping;
    }

    /// <summary>A body of which nothing is sent before it is released.</summary>
    private sealed class WithheldContent : HttpContent
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync(); // the headers
            await _released.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static string Keys(TestServer test, out string key)
    {
        var file = Path.Combine(test.Scratch, "keys.json");
        key = ApiKeys.Add(file, "tests");
        return file;
    }
}
