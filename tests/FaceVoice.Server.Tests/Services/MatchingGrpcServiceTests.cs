using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using Grpc.Core;

namespace FaceVoice.Server.Tests.Services;

public sealed class MatchingCallsTests
{
    [Fact]
    public async Task Match_SameName_ScoresOneWithProbability()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Matching.MatchAsync(new MatchRequest { Faces = { TestServer.FaceSample("face:anna") }, Voices = { TestServer.VoiceSample("voice:anna") } });

        Assert.Equal(1, response.Score, 1e-5);
        Assert.Equal(1 / (1 + Math.Exp(-5)), response.Probability, 1e-5);
        Assert.Equal(Verdict.EvidenceSufficient, response.Verdict);
        Assert.Equal("associates gender; knows nothing of identity", response.Capability.Statement);
        Assert.Contains("whether they are of one person this model cannot know", response.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_OfGoodSamples_IsNamedByTheEvidence()
    {
        var json = new MatchResponse { Verdict = Verdict.EvidenceSufficient }.ToString();
        Assert.Contains("VERDICT_EVIDENCE_SUFFICIENT", json, StringComparison.Ordinal);
        Assert.Equal(1, (int)MatchResponse.Parser.ParseJson("""{"verdict":"VERDICT_SUFFICIENT"}""").Verdict);
    }

    [Fact]
    public async Task Match_PoorPicture_SaysNotEnoughEvidence()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Matching.MatchAsync(new MatchRequest { Faces = { TestServer.FaceSample("face:blurred") }, Voices = { TestServer.VoiceSample("voice:anna") } });

        Assert.Equal(Verdict.NotEnoughEvidence, response.Verdict);
        Assert.Contains("sharpness", Assert.Single(response.Reasons));
    }

    [Fact]
    public async Task Match_OneOfTwoFacesBad_LeavesItOutAndReports()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Matching.MatchAsync(new MatchRequest
        {
            Faces = { TestServer.FaceSample("bad"), TestServer.FaceSample("face:anna") },
            Voices = { TestServer.VoiceSample("voice:anna") },
        });

        Assert.Equal(3, response.Faces[0].Error.Code);
        Assert.NotNull(response.Faces[1].Report);
        Assert.Equal(1, response.Score, 1e-5);
    }

    [Fact]
    public async Task Match_NoUsableFace_IsInvalid()
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Matching.MatchAsync(new MatchRequest { Faces = { TestServer.FaceSample("bad") }, Voices = { TestServer.VoiceSample("voice:anna") } }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task Match_EmbeddingOfAnotherModel_NamesBoth()
    {
        await using var server = await TestServer.StartAsync();
        var face = new FaceSample { Embedding = new Embedding { ModelId = "other", Space = Space.Joint, Values = { new float[8] } } };

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Matching.MatchAsync(new MatchRequest { Faces = { face }, Voices = { TestServer.VoiceSample("voice:anna") } }));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains("other", error.Status.Detail);
        Assert.Contains(server.Engine.Manifest.ModelId, error.Status.Detail);
    }

    [Fact]
    public async Task Rank_VoicesForAFace_BestFirstBrokenLast()
    {
        await using var server = await TestServer.StartAsync();
        var request = new RankRequest { Face = TestServer.FaceSample("face:anna") };
        foreach (var voice in new[] { "bad", "voice:berta", "voice:anna" })
        {
            request.Candidates.Add(new RankCandidate { Id = voice, Voice = TestServer.VoiceSample(voice) });
        }

        var response = await server.Matching.RankAsync(request);

        Assert.Equal(["voice:anna", "voice:berta", "bad"], response.Candidates.Select(c => c.Id));
        Assert.Equal(1, response.Candidates[0].Score, 1e-5);
        Assert.Equal(3, response.Candidates[2].Error.Code);
        Assert.Equal(0, response.Candidates[2].Index);
    }

    [Theory]
    [InlineData("face:blurred", "face:anna", "face:berta")]
    [InlineData("face:anna", "face:blurred", "face:blurred")]
    public async Task Rank_FacesForAFaceAndOneIsPoor_IsNotEnoughEvidence(string probe, string first, string second)
    {
        await using var server = await TestServer.StartAsync();
        var response = await server.Matching.RankAsync(new RankRequest
        {
            Face = TestServer.FaceSample(probe),
            Candidates =
            {
                new RankCandidate { Id = "first", Face = TestServer.FaceSample(first) },
                new RankCandidate { Id = "second", Face = TestServer.FaceSample(second) },
            },
        });
        Assert.All(response.Candidates, candidate => Assert.Equal(Verdict.NotEnoughEvidence, candidate.Verdict));
    }

    [Fact]
    public async Task Rank_CandidateWithoutACommonSpace_ComesLastWithItsError()
    {
        await using var server = await TestServer.StartAsync();
        var speaker = new Embedding { ModelId = server.Engine.Manifest.ModelId, Space = Space.Speaker, Values = { 1, 0, 0, 0, 0, 0 } };

        var response = await server.Matching.RankAsync(new RankRequest
        {
            Face = TestServer.FaceSample("face:anna"),
            Candidates =
            {
                new RankCandidate { Id = "speaker space only", Voice = new VoiceSample { Embedding = speaker } },
                new RankCandidate { Id = "good", Voice = TestServer.VoiceSample("voice:anna") },
            },
        });

        Assert.Equal(["good", "speaker space only"], response.Candidates.Select(c => c.Id));
        Assert.Equal(3, response.Candidates[1].Error.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public async Task Rank_IdOutOfRange_IsInvalid(int length)
    {
        await using var server = await TestServer.StartAsync();
        var candidate = new RankCandidate { Id = new string('x', length), Voice = TestServer.VoiceSample("voice:anna") };

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Matching.RankAsync(new RankRequest { Face = TestServer.FaceSample("face:anna"), Candidates = { candidate } }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task Rank_VoicesForAVoice_UsesTheSpeakerSpace()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Matching.RankAsync(new RankRequest
        {
            Voice = TestServer.VoiceSample("voice:anna"),
            Candidates = { new RankCandidate { Id = "x", Voice = TestServer.VoiceSample("voice:anna") } },
        });

        Assert.Equal(Space.Speaker, response.Candidates[0].Space);
        Assert.False(response.Candidates[0].HasProbability);
    }
}
