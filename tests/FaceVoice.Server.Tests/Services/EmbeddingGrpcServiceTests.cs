using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.Server.Tests.Services;

public sealed class EmbeddingCallsTests
{
    [Fact]
    public async Task EmbedFace_TwoSpaces_GivesBothWithReport()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:anna"), Spaces = { Space.Face, Space.Joint } });

        Assert.Equal([Space.Face, Space.Joint], response.Embeddings.Select(e => e.Space));
        Assert.Equal(FakeEngine.Direction("anna", 8).ToArray(), response.Embeddings[1].Values);
        Assert.Equal(server.Engine.Manifest.ModelId, response.ModelId);
        Assert.Equal(100, response.Report.Face.SizePixels);
        Assert.Equal(31, response.Report.Box.Right);
        Assert.Equal(["decode", "encode"], response.Timings.Select(t => t.Stage));
    }

    [Theory]
    [InlineData("bad", StatusCode.InvalidArgument, "cut off")]
    [InlineData("", StatusCode.InvalidArgument, "empty")]
    public async Task EmbedFace_BadMedia_SaysWhatIsWrong(string media, StatusCode code, string part)
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face(media) }));

        Assert.Equal(code, error.StatusCode);
        Assert.Contains(part, error.Status.Detail);
    }

    [Fact]
    public async Task EmbedFace_Bug_TellsAnIncidentAndNothingElse()
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("bug") }));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Matches("incident [0-9a-f]{16}", error.Status.Detail);
        Assert.DoesNotContain("secret", error.Status.Detail);
    }

    [Fact]
    public async Task EmbedFace_QueueFull_RefusesWithHint()
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("full") }));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("5", error.Trailers.GetValue("retry-after-ms"));
    }

    [Fact]
    public async Task EmbedFace_SpeakerSpace_IsRefused()
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:a"), Spaces = { Space.Speaker } }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task EmbedFace_CallerLeaves_DropsTheWork()
    {
        await using var server = await TestServer.StartAsync();
        using var leave = new CancellationTokenSource();
        using var call = server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("slow") }, cancellationToken: leave.Token);
        await server.Engine.SlowStarted.Task;

        await leave.CancelAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await TestServer.UntilAsync(() => Task.FromResult(server.Engine.Dropped == 1));
    }

    [Fact]
    public async Task EmbedFace_CapOnTime_EndsTheCallWithoutADeadline()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Limits.MaxCallSeconds = 0.2);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("slow") }));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task EmbedStream_ManySamples_AnswersEachById()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Embedding.EmbedStream();
        string[] texts = ["face:a", "bad", "full", "face:b", "bug"];
        var writing = Task.Run(async () =>
        {
            foreach (var (text, i) in texts.Select((t, i) => (t, i)))
            {
                await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = i.ToString(null, null), Face = TestServer.Face(text) });
            }

            await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "voice", Voice = TestServer.Voice("voice:c") });
            await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "neither" });
            await call.RequestStream.CompleteAsync();
        });
        var answers = new Dictionary<string, EmbedStreamResponse>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            answers.Add(response.Id, response);
        }

        await writing;
        Assert.Equal(["0", "1", "2", "3", "4", "neither", "voice"], answers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3, answers["1"].Error.Code);
        Assert.Equal(13, answers["4"].Error.Code);
        Assert.Equal(3, answers["neither"].Error.Code);
        Assert.Null(answers["2"].Error); // the full queue was waited for
        Assert.Equal(FakeEngine.Direction("b", 8).ToArray(), answers["3"].Embeddings[0].Values);
        Assert.NotNull(answers["voice"].Report.Voice);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    [InlineData(64_000)]
    public async Task EmbedVoiceStream_AnyChunkSize_GivesTheSameWindows(int chunk)
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Embedding.EmbedVoiceStream();
        await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Config = new LiveAudioConfig { WindowSeconds = 1, HopSeconds = 0.5f } });
        var sound = new byte[chunk == 1 ? 33_001 + 1 : 2 * 16_000 * 3];
        for (var i = 16_000; i < sound.Length; i += 2)
        {
            sound[i + 1] = 0x20; // silence first, then a constant level
        }

        var writing = Task.Run(async () =>
        {
            for (var start = 0; start < sound.Length; start += chunk)
            {
                await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Audio = ByteString.CopyFrom(sound, start, Math.Min(chunk, sound.Length - start)) });
            }

            await call.RequestStream.CompleteAsync();
        });
        var windows = new List<EmbedVoiceStreamResponse>();
        await foreach (var window in call.ResponseStream.ReadAllAsync())
        {
            windows.Add(window);
        }

        await writing;
        Assert.Equal(-1, windows[^1].Window);
        Assert.Equal(chunk == 1 ? 1 : 5, windows.Count - 1);
        Assert.Equal(0.5f * (windows.Count - 2), windows[^2].StartSeconds);
        Assert.True(windows[^1].Speech);
        Assert.Equal(8, windows[^1].Embeddings[0].Values.Count);
    }

    [Theory]
    [InlineData(0x20, false)]
    [InlineData(0x70, true)]
    public async Task EmbedVoiceStream_SecondVoiceInTurn_IsTold(byte secondLevel, bool isAnother)
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Embedding.EmbedVoiceStream();
        await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Config = new LiveAudioConfig { WindowSeconds = 1 } });
        var audio = new byte[2 * 16_000 * 4];
        for (var i = 0; i < audio.Length; i += 2)
        {
            audio[i + 1] = i < audio.Length / 2 ? (byte)0x20 : secondLevel;
        }

        await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Audio = ByteString.CopyFrom(audio) });
        await call.RequestStream.CompleteAsync();
        var answers = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(5, answers.Count);
        Assert.All(answers[..4], answer => Assert.Empty(answer.Warnings)); // each by itself is of one person
        Assert.Equal(isAnother ? ["the stretches at 0.0 s and 2.0 s do not sound like one person: their cosine is -0.46, needed is at least 0.40"] : [], answers[4].Warnings);
    }

    [Fact]
    public async Task EmbedVoiceStream_AudioBeforeConfig_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Embedding.EmbedVoiceStream();
        await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Audio = ByteString.CopyFrom(1, 2) });

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }
}
