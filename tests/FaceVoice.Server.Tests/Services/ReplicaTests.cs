using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using FaceVoice.Testing.Qdrant;
using Google.Protobuf;
using Grpc.Core;
using Qdrant.Client.Grpc;

namespace FaceVoice.Server.Tests.Services;

/// <summary>Two servers that share one index on a double of Qdrant.</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private QdrantDouble _qdrant = null!;
    private TestServer _one = null!, _two = null!;

    public async ValueTask InitializeAsync()
    {
        _qdrant = await QdrantDouble.StartAsync();
        _one = await TestServer.StartAsync(openIndex: OpenAsync);
        _two = await TestServer.StartAsync(openIndex: OpenAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _qdrant.DisposeAsync();
    }

    [Fact]
    public async Task Enroll_SameRequestToBothAtOnce_SucceedsTwiceAndKeepsOneSet()
    {
        HoldLooks();
        var answers = await Task.WhenAll(EnrollAsync(_one, "r1", "anna"), EnrollAsync(_two, "r1", "anna"));
        Assert.All(answers, answer => Assert.Equal(StatusCode.OK, answer));
        Assert.Equal(2, (await _one.Index.StatsAsync(new StatsRequest())).Samples);
    }

    [Fact]
    public async Task Enroll_DifferentPeopleUnderOneIdAtOnce_KeepsOneWholeAndRefusesTheOther()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = $"r{round}";
            HoldLooks();
            var answers = await Task.WhenAll(EnrollAsync(_one, id, "anna"), EnrollAsync(_two, id, "berta"));
            Assert.Equal([StatusCode.OK, StatusCode.AlreadyExists], answers.Order());
            var winner = answers[0] == StatusCode.OK ? "anna" : "berta";
            foreach (var sample in new[] { $"{id}:face:0", $"{id}:voice:0" })
            {
                Assert.Equal(winner, (await _two.Index.GetAsync(new GetRequest { SampleId = sample })).Sample.Identity);
            }
        }

        Assert.Equal(20, (await _one.Index.StatsAsync(new StatsRequest())).Samples);
    }

    [Fact]
    public async Task Enroll_KnownRequestIdOfTheOtherServer_IsRefusedAndChangesNothing()
    {
        Assert.Equal(StatusCode.OK, await EnrollAsync(_one, "r1", "anna"));
        Assert.Equal(StatusCode.AlreadyExists, await EnrollAsync(_two, "r1", "berta"));
        Assert.Equal(StatusCode.OK, await EnrollAsync(_two, "r1", "anna"));
        Assert.Equal("anna", (await _two.Index.GetAsync(new GetRequest { SampleId = "r1:face:0" })).Sample.Identity);
    }

    [Fact]
    public async Task Enroll_CutShortBetweenItsSamples_IsCompletedByTheOtherServer()
    {
        _qdrant.Faults.Enqueue(_ => Task.FromResult<IMessage?>(null)); // the look
        _qdrant.Faults.Enqueue(_ => Task.FromResult<IMessage?>(null)); // the first sample
        _qdrant.Faults.Enqueue(_ => Task.FromResult<IMessage?>(null)); // reading it back
        _qdrant.Faults.Enqueue(_ => throw new RpcException(new Status(StatusCode.PermissionDenied, "the second sample's shard")));
        Assert.NotEqual(StatusCode.OK, await EnrollAsync(_one, "r1", "anna"));
        Assert.Equal(1, (await _one.Index.StatsAsync(new StatsRequest())).Samples);
        Assert.Equal(StatusCode.OK, await EnrollAsync(_two, "r1", "anna"));
        Assert.Equal(2, (await _one.Index.StatsAsync(new StatsRequest())).Samples);
    }

    private async Task<IVectorStore> OpenAsync(IndexSchema schema) => await QdrantVectorStore.OpenAsync(_qdrant.Address, "people", schema);

    /// <summary>Lets the next two calls, the looks of two enrolments, pass only when both are there: neither sees what the other writes.</summary>
    private void HoldLooks()
    {
        var (waiting, both) = (2, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        for (var i = 0; i < 2; i++)
        {
            _qdrant.Faults.Enqueue(async call =>
            {
                Assert.IsType<GetPoints>(call.Request);
                if (Interlocked.Decrement(ref waiting) == 0)
                {
                    both.SetResult();
                }

                await both.Task;
                return null;
            });
        }
    }

    private static async Task<StatusCode> EnrollAsync(TestServer server, string id, string name)
    {
        var request = new EnrollRequest
        {
            RequestId = id,
            Identity = name,
            Faces = { TestServer.FaceSample($"face:{name}") },
            Voices = { TestServer.VoiceSample($"voice:{name}") },
        };
        try
        {
            await server.Index.EnrollAsync(request);
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }
}
