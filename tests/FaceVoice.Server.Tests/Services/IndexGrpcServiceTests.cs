using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using Grpc.Core;

namespace FaceVoice.Server.Tests.Services;

public sealed class IndexCallsTests
{
    [Fact]
    public async Task Enroll_SentTwice_KeepsOneSetOfSamples()
    {
        await using var server = await TestServer.StartAsync();
        var request = Enrolment("r1", "anna", "anna");

        var first = await server.Index.EnrollAsync(request);
        var second = await server.Index.EnrollAsync(request);

        Assert.Equal(["r1:face:0", "r1:voice:0"], first.Samples.Select(s => s.SampleId));
        Assert.Equal(first.Samples.Select(s => s.SampleId), second.Samples.Select(s => s.SampleId));
        Assert.Equal(2, (await server.Index.StatsAsync(new StatsRequest())).Samples);
    }

    [Fact]
    public async Task Enroll_RequestIdOfSomeoneElse_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        await server.Index.EnrollAsync(Enrolment("r1", "anna", "anna"));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.EnrollAsync(Enrolment("r1", "berta", "berta")));

        Assert.Equal(StatusCode.AlreadyExists, error.StatusCode);
    }

    public static TheoryData<string> OtherContents => ["another voice", "fewer samples", "more samples", "other attributes"];

    [Theory]
    [MemberData(nameof(OtherContents))]
    public async Task Enroll_OtherContentUnderTheSameRequestId_IsRefusedAndChangesNothing(string change)
    {
        await using var server = await TestServer.StartAsync();
        await server.Index.EnrollAsync(Enrolment("r1", "anna", "anna"));
        var before = await server.Index.ListAsync(new ListRequest { WithEmbeddings = true });
        var other = Enrolment("r1", "anna", "anna");
        switch (change)
        {
            case "another voice":
                other.Voices[0] = TestServer.VoiceSample("voice:berta");
                break;
            case "fewer samples":
                other.Voices.Clear();
                break;
            case "more samples":
                other.Faces.Add(TestServer.FaceSample("face:anna"));
                break;
            default:
                other.Attributes["age"].Number = 8;
                break;
        }

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.EnrollAsync(other));

        Assert.Equal(StatusCode.AlreadyExists, error.StatusCode);
        Assert.Equal(before.Samples, (await server.Index.ListAsync(new ListRequest { WithEmbeddings = true })).Samples);
    }

    [Fact]
    public async Task EnrolAndSearch_TellTheTimeOfTheIndex()
    {
        await using var server = await TestServer.StartAsync();

        var enrolled = await server.Index.EnrollAsync(Enrolment("r1", "anna", "anna"));
        var found = await server.Index.SearchAsync(new SearchRequest { Face = TestServer.FaceSample("face:anna") });

        Assert.Equal(["decode", "encode", "store"], enrolled.Timings.Select(t => t.Stage));
        Assert.Equal(["decode", "encode", "search"], found.Timings.Select(t => t.Stage));
    }

    public static TheoryData<string> BadFilters => ["{ }", "{ \"all\": { } }", "{ \"any\": { } }", "{ \"not\": { \"all\": { } } }", "{ \"number\": { \"key\": \"age\", \"atLeast\": \"NaN\" } }", "{ \"keyword\": { \"key\": \"room\" } }", "{ \"ids\": { } }"];

    [Theory]
    [MemberData(nameof(BadFilters))]
    public async Task Delete_FilterThatSaysNothing_IsRefusedAndRemovesNothing(string filter)
    {
        await using var server = await TestServer.StartAsync();
        await server.Index.EnrollAsync(Enrolment("r1", "anna", "anna"));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.DeleteAsync(new DeleteRequest { Filter = Filter.Parser.ParseJson(filter) }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(2, (await server.Index.StatsAsync(new StatsRequest())).Samples);
    }

    [Fact]
    public async Task Enroll_OneBadSample_KeepsNothingAndNamesIt()
    {
        await using var server = await TestServer.StartAsync();
        var request = Enrolment("r1", "anna", "anna");
        request.Faces.Add(TestServer.FaceSample("bad"));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.EnrollAsync(request));

        Assert.StartsWith("faces[1]: ", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, (await server.Index.StatsAsync(new StatsRequest())).Samples);
    }

    [Fact]
    public async Task Enroll_SampleThatAMatchWouldNotCount_IsRefusedUnlessPoorOnesAreAccepted()
    {
        await using var server = await TestServer.StartAsync();
        var request = Enrolment("r1", "anna", "blurred");
        request.Voices[0] = TestServer.VoiceSample("voice:two people");

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.EnrollAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("faces[0]: not enough to compare it with others: the face's sharpness is 3", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("voices[0]: not enough to compare it with others: the recording's channels seem to hold two voices", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, (await server.Index.StatsAsync(new StatsRequest())).Samples);

        request.AcceptPoor = true;
        var enrolled = await server.Index.EnrollAsync(request);
        Assert.All(enrolled.Samples, sample => Assert.Single(sample.Report.Warnings));
        Assert.Equal(2, (await server.Index.StatsAsync(new StatsRequest())).Samples);
    }

    [Fact]
    public async Task Search_EmbeddingOfTinyNumbers_HasTheDirectionThatItHas()
    {
        await using var server = await TestServer.StartAsync();
        await EnrollThreeAsync(server);
        var tiny = await server.Index.SearchAsync(new SearchRequest { Embedding = Axis(1e-30f) });
        var huge = await server.Index.SearchAsync(new SearchRequest { Embedding = Axis(1e30f) });
        var unit = await server.Index.SearchAsync(new SearchRequest { Embedding = Axis(1) });
        Assert.NotEmpty(unit.Hits);
        Assert.Equal(unit.Hits, tiny.Hits);
        Assert.Equal(unit.Hits, huge.Hits);
        foreach (var (value, expected) in new[] { (0f, "only zeros"), (float.NaN, "not finite"), (float.PositiveInfinity, "not finite") })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.SearchAsync(new SearchRequest { Embedding = Axis(value) }));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Contains(expected, error.Status.Detail, StringComparison.Ordinal);
        }

        Embedding Axis(float value) => new() { ModelId = server.Engine.Manifest.ModelId, Space = Space.Joint, Values = { value, 0, 0, 0, 0, 0, 0, 0 } };
    }

    [Fact]
    public async Task Search_VoiceByFace_FindsTheSamePersonWithProbability()
    {
        await using var server = await TestServer.StartAsync();
        await EnrollThreeAsync(server);

        var response = await server.Index.SearchAsync(new SearchRequest
        {
            Face = TestServer.FaceSample("face:anna"),
            Limit = 1,
            Filter = new Filter { Keyword = new KeywordCondition { Key = "modality", Values = { "voice" } } },
        });

        var hit = Assert.Single(response.Hits);
        Assert.Equal("anna", hit.Identity);
        Assert.Equal(Modality.Voice, hit.Modality);
        Assert.Equal(1, hit.Score, 1e-4);
        Assert.True(hit.HasProbability);
        Assert.Equal(7, hit.Attributes["age"].Number);
    }

    [Fact]
    public async Task Search_SpeakerSpaceAndFusion_ScoreByTheirFormulas()
    {
        await using var server = await TestServer.StartAsync();
        await EnrollThreeAsync(server);
        var probe = TestServer.VoiceSample("voice:anna");

        var joint = await server.Index.SearchAsync(new SearchRequest { Voice = probe, Limit = 10, Filter = Voices() });
        var speaker = await server.Index.SearchAsync(new SearchRequest { Voice = probe, Space = Space.Speaker, Limit = 10 });
        var fused = await server.Index.SearchAsync(new SearchRequest { Voice = probe, FusionSpeakerWeight = 0.25f, Limit = 10, Filter = Voices() });

        Assert.Equal(3, fused.Hits.Count);
        foreach (var hit in fused.Hits)
        {
            var expected = (0.75f * joint.Hits.Single(h => h.SampleId == hit.SampleId).Score) + (0.25f * speaker.Hits.Single(h => h.SampleId == hit.SampleId).Score);
            Assert.Equal(expected, hit.Score, 1e-4);
        }
    }

    [Fact]
    public async Task Search_BestPerIdentity_GivesEachOnce()
    {
        await using var server = await TestServer.StartAsync();
        await EnrollThreeAsync(server);

        var response = await server.Index.SearchAsync(new SearchRequest { Face = TestServer.FaceSample("face:anna"), BestPerIdentity = true, Limit = 10 });

        Assert.Equal(["anna", "berta", "clara"], response.Hits.Select(h => h.Identity).Order());
    }

    [Fact]
    public async Task List_SmallPages_GivesEverySampleOnce()
    {
        await using var server = await TestServer.StartAsync();
        await EnrollThreeAsync(server);
        var seen = new List<string>();
        var token = "";
        do
        {
            var page = await server.Index.ListAsync(new ListRequest { PageSize = 2, PageToken = token, WithEmbeddings = true });
            seen.AddRange(page.Samples.Select(s => s.SampleId));
            Assert.All(page.Samples, s => Assert.NotEmpty(s.Embeddings));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(6, seen.Distinct().Count());
        Assert.Equal(6, seen.Count);
    }

    [Fact]
    public async Task Delete_Identity_CannotBeFoundAnyMore()
    {
        await using var server = await TestServer.StartAsync();
        await EnrollThreeAsync(server);

        Assert.Equal(2, (await server.Index.DeleteAsync(new DeleteRequest { Identity = "anna" })).Removed);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.GetAsync(new GetRequest { SampleId = "anna:face:0" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        var hits = (await server.Index.SearchAsync(new SearchRequest { Face = TestServer.FaceSample("face:anna") })).Hits;
        Assert.DoesNotContain("anna", hits.Select(h => h.Identity));
    }

    [Fact]
    public async Task Search_FilterTooDeep_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        var filter = Voices();
        for (var i = 0; i < 20; i++)
        {
            filter = new Filter { Not = filter };
        }

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.ListAsync(new ListRequest { Filter = filter }));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task EnrollStream_GoodAndBad_AnswersEach()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Index.EnrollStream();
        await call.RequestStream.WriteAsync(Enrolment("good", "anna", "anna"));
        await call.RequestStream.WriteAsync(new EnrollRequest { RequestId = "empty", Identity = "nobody" });
        await call.RequestStream.WriteAsync(Enrolment("poor", "anna", "blurred"));
        await call.RequestStream.CompleteAsync();
        var outcomes = new Dictionary<string, EnrollStreamResponse.OutcomeOneofCase>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            outcomes[response.RequestId] = response.OutcomeCase;
        }

        Assert.Equal(EnrollStreamResponse.OutcomeOneofCase.Enrolled, outcomes["good"]);
        Assert.Equal(EnrollStreamResponse.OutcomeOneofCase.Error, outcomes["empty"]);
        Assert.Equal(EnrollStreamResponse.OutcomeOneofCase.Error, outcomes["poor"]);
    }

    [Fact]
    public async Task Search_NoIndex_SaysSo()
    {
        await using var server = await TestServer.StartAsync(withIndex: false);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Index.StatsAsync(new StatsRequest()));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
    }

    private static Filter Voices() => new() { Keyword = new KeywordCondition { Key = "modality", Values = { "voice" } } };

    private static EnrollRequest Enrolment(string id, string identity, string name) => new()
    {
        RequestId = id,
        Identity = identity,
        Faces = { TestServer.FaceSample("face:" + name) },
        Voices = { TestServer.VoiceSample("voice:" + name) },
        Attributes = { ["age"] = new AttributeValue { Number = 7 } },
    };

    private static async Task EnrollThreeAsync(TestServer server)
    {
        foreach (var name in new[] { "anna", "berta", "clara" })
        {
            await server.Index.EnrollAsync(Enrolment(name, name, name));
        }
    }
}
