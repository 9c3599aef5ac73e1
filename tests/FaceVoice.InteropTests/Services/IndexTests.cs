using FaceVoice.Protocol.V1;
using Grpc.Core;

namespace FaceVoice.InteropTests.Services;

/// <summary>IndexService over the wire, with real faces and voices and an encrypted index.</summary>
[Collection(ServerCollection.Name)]
public sealed class IndexTests(ServerFixture fixture)
{
    private readonly IndexService.IndexServiceClient _client = new(fixture.Invoker);

    [Fact]
    public async Task Enroll_SearchGetListDelete_TellOfTheSameSamples()
    {
        var request = new EnrollRequest { RequestId = "enrol-1", Identity = "anna of the index", Attributes = { ["room"] = new AttributeValue { Keywords = new Keywords { Values = { "blue" } } } } };
        request.Faces.Add(RealMedia.FaceSample(10));
        request.Voices.AddRange([RealMedia.VoiceSample(10), RealMedia.VoiceSample(10, take: 1)]);
        var enrolled = await _client.EnrollAsync(request);
        var other = await _client.EnrollAsync(new EnrollRequest { RequestId = "enrol-2", Identity = "bert", Voices = { RealMedia.VoiceSample(11) } });
        Assert.Equal(3, enrolled.Samples.Count);
        Assert.Equal(enrolled.Samples.Select(s => s.SampleId), (await _client.EnrollAsync(request)).Samples.Select(s => s.SampleId));

        // The very recordings come back first, with the cosine of a vector with itself.
        var byVoice = await _client.SearchAsync(new SearchRequest { Voice = RealMedia.VoiceSample(10), Space = Space.Speaker, Limit = 5 });
        Assert.Equal((enrolled.Samples[1].SampleId, "anna of the index"), (byVoice.Hits[0].SampleId, byVoice.Hits[0].Identity));
        Assert.Equal(1, byVoice.Hits[0].Score, 1e-4);
        var byFace = await _client.SearchAsync(new SearchRequest { Face = RealMedia.FaceSample(10), Limit = 5, Filter = Modality("voice") });
        Assert.All(byFace.Hits, hit => Assert.True(hit.HasProbability));
        var fused = await _client.SearchAsync(new SearchRequest { Voice = RealMedia.VoiceSample(11), FusionSpeakerWeight = 0.5f, BestPerIdentity = true });
        Assert.Equal("bert", fused.Hits[0].Identity);

        var sample = (await _client.GetAsync(new GetRequest { SampleId = enrolled.Samples[0].SampleId, WithEmbeddings = true })).Sample;
        Assert.Equal("blue", Assert.Single(sample.Attributes["room"].Keywords.Values));
        var byEmbedding = await _client.SearchAsync(new SearchRequest { Embedding = sample.Embeddings.Single(e => e.Space == Space.Joint), Exact = true, Limit = 1 });
        Assert.Equal(sample.SampleId, Assert.Single(byEmbedding.Hits).SampleId);

        var list = await _client.ListAsync(new ListRequest { Filter = Identity("anna of the index") });
        Assert.Equal(enrolled.Samples.Select(s => s.SampleId).Order(), list.Samples.Select(s => s.SampleId).Order());
        var stats = await _client.StatsAsync(new StatsRequest());
        Assert.True(stats.Encrypted);
        Assert.Equal(("embedded", 256, 192), (stats.Backend, stats.Dimensions["joint"], stats.Dimensions["speaker"]));

        Assert.Equal(3, (await _client.DeleteAsync(new DeleteRequest { Identity = "anna of the index" })).Removed);
        Assert.Equal(1, (await _client.DeleteAsync(new DeleteRequest { SampleIds = new Keywords { Values = { other.Samples[0].SampleId } } })).Removed);
        var gone = await Assert.ThrowsAsync<RpcException>(async () => await _client.GetAsync(new GetRequest { SampleId = sample.SampleId }));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
        Assert.Empty((await _client.SearchAsync(new SearchRequest { Voice = RealMedia.VoiceSample(10), Space = Space.Speaker, Filter = Identity("anna of the index") })).Hits);
    }

    [Fact]
    public async Task EnrollStream_ManyPeople_AnswersEachByRequestId()
    {
        using var call = _client.EnrollStream();
        for (var i = 0; i < 6; i++)
        {
            await call.RequestStream.WriteAsync(new EnrollRequest { RequestId = $"stream-{i}", Identity = $"person {i}", Voices = { RealMedia.VoiceSample(12 + i) } });
        }

        await call.RequestStream.CompleteAsync();
        var answers = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"stream-{i}"), answers.Select(a => a.RequestId).Order());
        Assert.All(answers, a => Assert.Equal(EnrollStreamResponse.OutcomeOneofCase.Enrolled, a.OutcomeCase));
        var found = await _client.SearchAsync(new SearchRequest { Voice = RealMedia.VoiceSample(14), Space = Space.Speaker, Limit = 1 });
        Assert.Equal("person 2", found.Hits[0].Identity);
    }

    private static Filter Identity(string name) => new() { Keyword = new KeywordCondition { Key = "identity", Values = { name } } };

    private static Filter Modality(string name) => new() { Keyword = new KeywordCondition { Key = "modality", Values = { name } } };
}
