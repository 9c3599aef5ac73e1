using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>Deadlines, cancellation, limits and the end of a server, over the wire.</summary>
public sealed class CallTests
{
    [Fact]
    public async Task Deadline_WhileTheWorkGoesOn_EndsTheCallAndDropsTheWork()
    {
        await using var server = await TestServer.StartAsync();
        var request = new EmbedFaceRequest { Face = TestServer.Face("slow") };
        for (var seconds = 0.1; !server.Engine.SlowStarted.Task.IsCompleted; seconds *= 2) // on a busy machine the first may be over before its work has begun
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(request, deadline: DateTime.UtcNow.AddSeconds(seconds)));
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        }

        await server.Engine.UntilDroppedAsync(1);
    }

    [Fact]
    public async Task Deadline_PassedAlready_CostsNoWork()
    {
        await using var server = await TestServer.StartAsync();
        var request = new EmbedFaceRequest { Face = TestServer.Face("slow") };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(request, deadline: DateTime.UtcNow.AddSeconds(-1)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.False(server.Engine.SlowStarted.Task.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_ByTheCaller_FreesTheWork(bool isStream)
    {
        await using var server = await TestServer.StartAsync();
        for (var round = 1; round <= 5; round++)
        {
            server.Engine.RenewSlow();
            using var leave = new CancellationTokenSource();
            var call = isStream ? StreamAsync(server, leave.Token) : server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("slow") }, cancellationToken: leave.Token).ResponseAsync;
            await server.Engine.SlowStarted.Task;
            await leave.CancelAsync();
            await server.Engine.UntilDroppedAsync(round);
            await Assert.ThrowsAsync<RpcException>(() => call);
        }
    }

    [Fact]
    public async Task Message_LargerThanTheLimit_IsRefusedBeforeItIsRead()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxMessageBytes = 64 * 1024);
        var request = new EmbedFaceRequest { Face = new FaceImage { Data = ByteString.CopyFrom(new byte[65 * 1024]) } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(request));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Null(error.Trailers.GetValue("retry-after-ms"));
        await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_LargerThanKestrelTakesByDefault_IsTakenUpToTheLimit(bool asStream)
    {
        const int limit = 31 * 1024 * 1024;
        await using var server = await TestServer.StartAsync((settings, _) => (settings.Limits.MaxMessageBytes, settings.Limits.MaxImageBytes) = (limit, limit));
        foreach (var (bytes, code) in new[] { (limit - 64, StatusCode.OK), (limit + 1, StatusCode.ResourceExhausted) })
        {
            var face = new FaceImage { Data = UnsafeByteOperations.UnsafeWrap(new byte[bytes]) };
            Assert.Equal(code, asStream ? await StatusOfStreamAsync(server, face) : await StatusOfAsync(server, face));
        }
    }

    [Fact]
    public async Task Detail_WithLettersBeyondAscii_ArrivesAsItIs()
    {
        await using var server = await TestServer.StartAsync();
        var request = new EnrollRequest { RequestId = "r", Identity = "i", Faces = { TestServer.FaceSample("face:a") }, Attributes = { ["größe 😈 %"] = new AttributeValue() } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.EnrollAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("\"größe 😈 %\"", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_LargerThanTheLimit_IsRefused()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxImageBytes = 1024);
        var request = new EmbedFaceRequest { Face = new FaceImage { Data = ByteString.CopyFrom(new byte[1025]) } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(request));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("infinite")]
    public async Task Embedding_NotFinite_NeverLeavesTheServer(string media)
    {
        await using var server = await TestServer.StartAsync();
        var face = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face(media) }));
        var match = await Assert.ThrowsAsync<RpcException>(async () => await server.Matching.MatchAsync(new MatchRequest { Faces = { TestServer.FaceSample(media) }, Voices = { TestServer.VoiceSample("voice:a") } }));
        Assert.Equal((StatusCode.Internal, StatusCode.Internal), (face.StatusCode, match.StatusCode));
        Assert.Contains("incident", face.Status.Detail, StringComparison.Ordinal);
        var enrol = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.EnrollAsync(new EnrollRequest { RequestId = "r", Identity = "i", Faces = { TestServer.FaceSample(media) } }));
        Assert.NotEqual(StatusCode.OK, enrol.StatusCode);
        Assert.Equal(0, (await server.Index.StatsAsync(new StatsRequest())).Samples);
    }

    /// <summary>The transport takes both for an end by the caller that it knows nothing of, and says UNKNOWN.</summary>
    [Theory]
    [InlineData("cancelled")]
    [InlineData("io")]
    public async Task Failure_CancelledOrIoThoughTheCallerWaits_IsAnIncident(string media)
    {
        await using var server = await TestServer.StartAsync();
        var unary = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face(media) }));
        using var stream = server.Embedding.EmbedStream();
        await stream.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = TestServer.Face(media) });
        Assert.True(await stream.ResponseStream.MoveNext(default));
        var item = stream.ResponseStream.Current.Error;
        Assert.Equal((StatusCode.Internal, (int)StatusCode.Internal), (unary.StatusCode, item.Code));
        Assert.All([unary.Status.Detail, item.Message], text => Assert.Matches("incident [0-9a-f]{16}", text));
    }

    [Fact]
    public async Task Stop_WithAnOpenStream_AnswersWhatItReadAndEndsIt()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Embedding.EmbedStream();
        await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = TestServer.Face("slow") });
        await server.Engine.SlowStarted.Task;

        var stopping = server.Server.StopAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a") }));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.False(stopping.IsCompleted);
        server.Engine.SlowReleased.SetResult();

        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Equal("1", call.ResponseStream.Current.Id);
        var ended = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal((StatusCode.Unavailable, "The server is stopping"), (ended.StatusCode, ended.Status.Detail[..22]));
        await stopping.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stop_WithStreamsThatAreIdle_EndsThemAtOnce()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Work.DrainSeconds = 600);
        using var embed = server.Embedding.EmbedStream();
        using var live = server.Embedding.EmbedVoiceStream();
        using var enrol = server.Index.EnrollStream();
        await embed.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = TestServer.Face("face:a") });
        Assert.True(await embed.ResponseStream.MoveNext(default));
        await live.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Config = new LiveAudioConfig() });
        await enrol.RequestStream.WriteAsync(new EnrollRequest { RequestId = "r", Identity = "i", Faces = { TestServer.FaceSample("face:a") } });
        Assert.True(await enrol.ResponseStream.MoveNext(default));

        Task[] ends = [embed.ResponseStream.MoveNext(default), live.ResponseStream.MoveNext(default), enrol.ResponseStream.MoveNext(default)];
        await server.Server.StopAsync().WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
        foreach (var end in ends)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => end);
            Assert.True(error.StatusCode == StatusCode.Unavailable, error.ToString());
        }
    }

    [Fact]
    public async Task Stop_WithAStreamWhoseCallerHearsNothing_DoesNotWaitForIt()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Work.DrainSeconds = 600);
        var message = new EmbedStreamRequest { Id = "1", Face = TestServer.Face("slow") }.ToByteArray();
        using var connection = await RawHttp2.SendAsync(server.Server.GrpcPort, "/facevoice.v1.EmbeddingService/EmbedStream", message, ends: false);
        await server.Engine.SlowStarted.Task;
        server.Engine.SlowReleased.SetResult();
        await server.Server.StopAsync().WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stop_WithAStreamThatNeverEnds_EndsItAfterTheDrainTime()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Work.DrainSeconds = 0.5);
        using var call = server.Embedding.EmbedStream();
        await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = TestServer.Face("slow") });
        await server.Engine.SlowStarted.Task;

        await server.Server.StopAsync().WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
        await server.Engine.UntilDroppedAsync(1);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
    }

    private static async Task<StatusCode> StatusOfAsync(TestServer server, FaceImage face)
    {
        try
        {
            await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = face });
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static async Task<StatusCode> StatusOfStreamAsync(TestServer server, FaceImage face)
    {
        using var call = server.Embedding.EmbedStream();
        try
        {
            // The answer may come before the last of the request has left: writing then fails, and what the server said stands in the answer.
            await Task.WhenAny(call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = face }).ContinueWith(_ => call.RequestStream.CompleteAsync(), TaskScheduler.Default).Unwrap());
            while (await call.ResponseStream.MoveNext(default))
            {
                Assert.Null(call.ResponseStream.Current.Error);
            }

            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static async Task StreamAsync(TestServer server, CancellationToken cancellationToken)
    {
        using var call = server.Embedding.EmbedStream(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "1", Face = TestServer.Face("slow") }, CancellationToken.None);
        await call.ResponseStream.MoveNext(CancellationToken.None);
    }
}
