using FaceVoice.Index;
using FaceVoice.Inference;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using FaceVoice.Server.Tests.Transport;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.Server.Tests.Observability;

/// <summary>Meters are known by name in the whole process: what counts exactly runs while no other test has a server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MetricsCollection
{
    public const string Name = "metrics";
}

/// <summary>What <c>/metrics</c> tells.</summary>
[Collection(MetricsCollection.Name)]
public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterCalls_CountThemByCode()
    {
        await using var server = await TestServer.StartAsync();
        await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") });
        await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("bad") }));
        server.Engine.Full = new OverloadedException(64, TimeSpan.FromMilliseconds(120));
        await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") }));

        string[] lines = ["calls_total{code=\"0\"", "calls_total{code=\"3\"", "calls_refused_total{code=\"8\""];
        var text = await server.UntilMetricsAsync(text => lines.All(line => text.Contains($"facevoice_{line},method=\"facevoice.v1.EmbeddingService/EmbedFace\"}} 1", StringComparison.Ordinal)));

        Assert.Contains("facevoice_call_duration_seconds_bucket{", text);
        Assert.Contains("facevoice_model_info{model_id=\"" + server.Engine.Manifest.ModelId + "\"} 1", text);
        Assert.DoesNotContain("NaN", text);
    }

    [Fact]
    public async Task Metrics_CallsThatTheTransportEnds_CountUnderTheStatusThatWasSent()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxMessageBytes = 65_536);
        var large = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face(new string('x', 70_000)) }));
        Assert.Equal(StatusCode.ResourceExhausted, large.StatusCode);
        for (var seconds = 0.1; !server.Engine.SlowStarted.Task.IsCompleted; seconds *= 2)
        {
            var request = new EmbedFaceRequest { Face = TestServer.Face("slow") };
            var late = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(request, deadline: DateTime.UtcNow.AddSeconds(seconds)));
            Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        }

        string[] lines = ["{code=\"4\",method=\"facevoice.v1.EmbeddingService/EmbedFace\"} ", "{code=\"8\",method=\"facevoice.v1.EmbeddingService/EmbedFace\"} 1"];
        await server.UntilMetricsAsync(text => lines.All(line => text.Contains("facevoice_calls_total" + line, StringComparison.Ordinal)));
    }

    /// <summary>The transport resets a stream at its deadline, and reading from it fails then: no failure of the server's own, whichever is noticed first.</summary>
    [Fact]
    public async Task Metrics_DeadlineWhileTheMessageArrives_CountsAsADeadline()
    {
        const int Calls = 64;
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxCallSeconds = 0.2);
        var message = new EmbedFaceRequest { Face = TestServer.Face("face:a") }.ToByteArray();
        var connections = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ =>
            RawHttp2.SendAsync(server.Server.GrpcPort, "/facevoice.v1.EmbeddingService/EmbedFace", message, ends: false)));

        await server.UntilMetricsAsync(text => text.Split('\n').Where(line => line.StartsWith("facevoice_calls_total{", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)) == Calls);
        var counts = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains($"facevoice_calls_total{{code=\"4\",method=\"facevoice.v1.EmbeddingService/EmbedFace\"}} {Calls}", counts);
        Array.ForEach(connections, connection => connection.Dispose());
    }

    [Fact]
    public async Task Start_WithAnIndex_CountsNothingAndLeavesTheIndexAsItWas()
    {
        using var folder = new Testing.TemporaryFolder();
        await using var server = await TestServer.StartAsync(openIndex: async schema =>
        {
            var store = await EmbeddedVectorStore.OpenAsync(folder.File("index"), schema);
            var vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["joint"] = FakeEngine.Direction("x", FakeEngine.JointDimension) };
            await store.UpsertAsync([new IndexPoint { Id = "before", Modality = PointModality.Face, Vectors = vectors }]);
            return store;
        });
        Assert.Equal(1, (await server.Index.StatsAsync(new StatsRequest())).Samples);
        Assert.Equal("before", Assert.Single((await server.Index.ListAsync(new ListRequest())).Samples).SampleId);

        // Two calls were made, by this test.
        var text = await server.UntilMetricsAsync(text => new[] { "Stats", "List" }.All(name => text.Contains($"facevoice_calls_total{{code=\"0\",method=\"facevoice.v1.IndexService/{name}\"}} 1", StringComparison.Ordinal)));
        var lines = text.Split('\n');
        Assert.Equal(["Stats", "List"], lines.Where(line => line.StartsWith("facevoice_calls_total{", StringComparison.Ordinal)).Select(MethodOf).OrderDescending());
        Assert.DoesNotContain(lines, line => line.StartsWith("facevoice_samples_total{", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal) && line.Contains("Embed", StringComparison.Ordinal));
    }

    private static string MethodOf(string line) => line[(line.LastIndexOf('/') + 1)..line.IndexOf("\"}", StringComparison.Ordinal)];
}
