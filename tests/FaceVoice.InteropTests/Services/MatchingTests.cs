using FaceVoice.Media;
using FaceVoice.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.InteropTests.Services;

/// <summary>MatchingService and ModelService over the wire, with real faces and voices.</summary>
[Collection(ServerCollection.Name)]
public sealed class MatchingTests(ServerFixture fixture)
{
    private readonly MatchingService.MatchingServiceClient _client = new(fixture.Invoker);
    private readonly EmbeddingService.EmbeddingServiceClient _embedding = new(fixture.Invoker);

    [Fact]
    public async Task Match_OneFaceOneVoice_IsTheCosineOfTheirEmbeddings()
    {
        var face = await _embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = RealMedia.Face(1) });
        var voice = await _embedding.EmbedVoiceAsync(new EmbedVoiceRequest { Voice = RealMedia.Voice(1) });
        var match = await _client.MatchAsync(new MatchRequest { Faces = { RealMedia.FaceSample(1) }, Voices = { RealMedia.VoiceSample(1) } });
        var given = await _client.MatchAsync(new MatchRequest { Faces = { new FaceSample { Embedding = face.Embeddings[0] } }, Voices = { new VoiceSample { Embedding = voice.Embeddings[0] } } });

        Assert.Equal(face.Embeddings[0].Values.Zip(voice.Embeddings[0].Values, (a, b) => (double)a * b).Sum(), match.Score, 1e-5);
        Assert.Equal(match.Score, given.Score, 1e-6);
        Assert.InRange(match.Probability, 0, 1);
        Assert.Equal(face.ModelId, match.ModelId);
    }

    [Fact]
    public async Task Match_ThreeFacesTwoVoices_PoolsAndReportsEach()
    {
        var request = new MatchRequest { Voices = { RealMedia.VoiceSample(2), RealMedia.VoiceSample(2, take: 1) } };
        request.Faces.AddRange([RealMedia.FaceSample(3), new FaceSample { Image = new FaceImage { Data = ByteString.CopyFromUtf8("broken") } }, RealMedia.FaceSample(4)]);
        var match = await _client.MatchAsync(request);

        Assert.Equal([true, false, true], match.Faces.Select(f => f.Error is null));
        Assert.All(match.Voices, v => Assert.True(v.Report.Voice.TotalSeconds > 1));
        Assert.InRange(match.Score, -1, 1);
    }

    [Fact]
    public async Task Match_NoisyWhisperOfAVoice_SaysNotEnoughEvidenceAndWhy()
    {
        var random = new Random(1);
        var noisy = (await RealMedia.SamplesAsync(4)).ToArray().Select(x => x + (0.12f * ((2 * random.NextSingle()) - 1))).ToArray();
        var request = new MatchRequest { Faces = { RealMedia.FaceSample(5) }, Voices = { new VoiceSample { Audio = new VoiceAudio { Data = RealMedia.Wav(noisy) } } } };
        MatchResponse match;
        try
        {
            match = await _client.MatchAsync(request);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            Assert.Contains("speech", e.Status.Detail, StringComparison.Ordinal); // so noisy that no speech is left: also an answer
            return;
        }

        Assert.Equal(Verdict.NotEnoughEvidence, match.Verdict);
        Assert.NotEmpty(match.Reasons);
        Assert.Equal(match.Reasons, match.Voices[0].Report.Warnings);
    }

    [Fact]
    public async Task Rank_VoicesForAFace_OrdersThemAsTheMatchesDo()
    {
        var request = new RankRequest { Face = RealMedia.FaceSample(6) };
        request.Candidates.AddRange(Enumerable.Range(0, 4).Select(i => new RankCandidate { Id = $"speaker {i}", Voice = RealMedia.VoiceSample(i) }));
        request.Candidates.Add(new RankCandidate { Id = "broken", Voice = new VoiceSample { Audio = new VoiceAudio { Data = RealMedia.Wav(new float[100]) } } });
        var ranked = await _client.RankAsync(request);

        Assert.Equal(5, ranked.Candidates.Count);
        Assert.NotNull(ranked.Candidates[4].Error);
        var scores = ranked.Candidates.Take(4).Select(c => c.Score).ToList();
        Assert.Equal(scores.OrderDescending(), scores);
        var best = ranked.Candidates[0];
        var match = await _client.MatchAsync(new MatchRequest { Faces = { RealMedia.FaceSample(6) }, Voices = { RealMedia.VoiceSample(best.Index) } });
        Assert.Equal(match.Score, best.Score);
        Assert.Equal(match.Probability, best.Probability);
    }

    [Fact]
    public async Task GetModel_SaysWhatIsServed()
    {
        var model = await new ModelService.ModelServiceClient(fixture.Invoker).GetModelAsync(new GetModelRequest());

        Assert.Equal(new() { [Space.Joint] = 256, [Space.Face] = 512, [Space.Speaker] = 192 }, model.Spaces.ToDictionary(s => s.Space, s => s.Dimensions));
        Assert.True(model.Calibrated);
        Assert.Equal(120, model.Limits.MaxAudioSeconds);
        Assert.NotEmpty(model.ServerVersion);
    }
}
