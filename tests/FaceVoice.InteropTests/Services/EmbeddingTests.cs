using System.Runtime.InteropServices;
using FaceVoice.Media;
using FaceVoice.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.InteropTests.Services;

/// <summary>EmbeddingService over the wire, with real faces and voices.</summary>
[Collection(ServerCollection.Name)]
public sealed class EmbeddingTests(ServerFixture fixture)
{
    private readonly EmbeddingService.EmbeddingServiceClient _client = new(fixture.Invoker);

    [Fact]
    public async Task EmbedFace_Portrait_GivesUnitVectorsAndWhatWasMeasured()
    {
        // Bytes of its own: what another test had embedded comes from the cache, and took no time.
        var face = new FaceImage { Data = ByteString.CopyFrom([.. RealMedia.Face(0).Data, 0]) };
        var answer = await _client.EmbedFaceAsync(new EmbedFaceRequest { Face = face, Spaces = { Space.Face, Space.Joint } });

        Assert.Equal([512, 256], answer.Embeddings.Select(e => e.Values.Count));
        Assert.All(answer.Embeddings, RequireUnitLength);
        Assert.Equal(1, answer.Report.FacesFound);
        Assert.InRange(answer.Report.Face.DetectionScore, 0.7f, 1);
        Assert.True(answer.Report.Box.Right > answer.Report.Box.Left);
        Assert.Empty(answer.Report.Warnings);
        Assert.Contains(answer.Timings, t => t.Stage == "encode" && t.Milliseconds > 0);
        Assert.Equal(64, answer.ModelId.Length);
    }

    [Fact]
    public async Task EmbedVoice_OpusRecordingAndVideo_AreBothRead()
    {
        foreach (var media in new[] { RealMedia.Recording(0), RealMedia.Video() })
        {
            var request = new EmbedVoiceRequest { Voice = new VoiceAudio { Data = ByteString.CopyFrom(File.ReadAllBytes(media)) }, Spaces = { Space.Speaker, Space.Joint } };
            var answer = await _client.EmbedVoiceAsync(request);

            Assert.Equal([192, 256], answer.Embeddings.Select(e => e.Values.Count));
            Assert.All(answer.Embeddings, RequireUnitLength);
            Assert.True(answer.Report.Voice.SpeechSeconds > 0.5);
            Assert.Equal(answer.Report.Voice.Windows, answer.Report.Windows.Count);
        }
    }

    [Fact]
    public async Task EmbedVoice_Silence_SaysWhatIsNeeded()
    {
        var request = new EmbedVoiceRequest { Voice = new VoiceAudio { Data = RealMedia.Wav(new float[32_000]) }, Spaces = { Space.Speaker } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EmbedVoiceAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("0.5 s", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmbedStream_FacesVoicesAndABrokenOne_AnswersEachById()
    {
        using var call = _client.EmbedStream();
        var reading = call.ResponseStream.ReadAllAsync().ToDictionaryAsync();
        for (var i = 0; i < 4; i++)
        {
            await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = $"face {i}", Face = RealMedia.Face(i) });
            await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = $"voice {i}", Voice = RealMedia.Voice(i), Spaces = { Space.Speaker } });
        }

        await call.RequestStream.WriteAsync(new EmbedStreamRequest { Id = "broken", Face = new FaceImage { Data = ByteString.CopyFromUtf8("no picture") } });
        await call.RequestStream.CompleteAsync();
        var answers = await reading;

        Assert.Equal(9, answers.Count);
        Assert.Equal((int)StatusCode.InvalidArgument, answers["broken"].Error.Code);
        var alone = await _client.EmbedFaceAsync(new EmbedFaceRequest { Face = RealMedia.Face(2) });
        Assert.Equal(alone.Embeddings[0], answers["face 2"].Embeddings[0]);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(192, answers[$"voice {i}"].Embeddings[0].Values.Count));
    }

    [Fact]
    public async Task EmbedVoiceStream_LiveSoundInOddChunks_GivesWindowsAndTheirMean()
    {
        var samples = (await RealMedia.SamplesAsync(3)).ToArray().Concat((await RealMedia.SamplesAsync(3, take: 1)).ToArray()).ToArray();
        var pcm = samples.Select(x => (short)Math.Clamp(MathF.Round(x * 32768f), short.MinValue, short.MaxValue)).ToArray();
        var bytes = MemoryMarshal.AsBytes(pcm.AsSpan()).ToArray();
        using var call = _client.EmbedVoiceStream();
        var reading = call.ResponseStream.ReadAllAsync().ToListAsync();
        await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Config = new LiveAudioConfig { Encoding = LiveAudioEncoding.Pcm16, Spaces = { Space.Speaker, Space.Joint }, WindowSeconds = 2 } });
        for (var sent = 0; sent < bytes.Length; sent += 3_333)
        {
            await call.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Audio = ByteString.CopyFrom(bytes.AsSpan(sent, Math.Min(3_333, bytes.Length - sent))) });
        }

        await call.RequestStream.CompleteAsync();
        var answers = await reading;

        Assert.Equal(samples.Length / (2 * AudioClip.SampleRate), answers.Count - 1);
        Assert.Equal(-1, answers[^1].Window);
        Assert.Equal((double)samples.Length / AudioClip.SampleRate, answers[^1].EndSeconds, 1e-3);
        Assert.True(answers[^1].Speech);
        Assert.All(answers[^1].Embeddings, RequireUnitLength);
        Assert.Contains(answers.SkipLast(1), a => a.Speech && a.Embeddings.Count == 2);
    }

    [Fact]
    public async Task EmbedFace_SameBytesAtOnceAndAgain_RunsTheNetworksOnce()
    {
        var before = await fixture.Server.MetricAsync("facevoice_stage_duration_seconds_count{medium=\"face\",stage=\"encode\"}");
        var request = new EmbedFaceRequest { Face = RealMedia.Face(40) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _client.EmbedFaceAsync(request).ResponseAsync));
        var again = await _client.EmbedFaceAsync(request);

        Assert.Equal(1, await fixture.Server.MetricAsync("facevoice_stage_duration_seconds_count{medium=\"face\",stage=\"encode\"}") - before);
        Assert.Single(answers, a => !a.Report.Cached);
        Assert.All(answers.Append(again), a => Assert.Equal(answers[0].Embeddings, a.Embeddings));
    }

    private static void RequireUnitLength(Embedding embedding) => Assert.Equal(1, Math.Sqrt(embedding.Values.Sum(v => (double)v * v)), 1e-5);
}
