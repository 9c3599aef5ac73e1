using System.Collections.Concurrent;
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
        Intercept(
            _ => Task.FromResult<IMessage?>(null), // the look
            _ => Task.FromResult<IMessage?>(null), // the first sample
            _ => Task.FromResult<IMessage?>(null), // reading it back
            _ => throw new RpcException(new Status(StatusCode.PermissionDenied, "the second sample's shard")));
        Assert.NotEqual(StatusCode.OK, await EnrollAsync(_one, "r1", "anna"));
        Assert.Equal(1, (await _one.Index.StatsAsync(new StatsRequest())).Samples);
        Assert.Equal(StatusCode.OK, await EnrollAsync(_two, "r1", "anna"));
        Assert.Equal(2, (await _one.Index.StatsAsync(new StatsRequest())).Samples);
    }

    private async Task<IVectorStore> OpenAsync(IndexSchema schema) => await QdrantVectorStore.OpenAsync(_qdrant.Address, "people", schema);

    /// <summary>
    /// Lets the next two calls, the looks of two enrolments, pass only when both are there: neither sees what the other writes.
    /// </summary>
    private void HoldLooks()
    {
        var (waiting, both) = (2, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Intercept(HoldAsync, HoldAsync);

        async Task<IMessage?> HoldAsync(DoubleCall call)
        {
            Assert.IsType<GetPoints>(call.Request);
            if (Interlocked.Decrement(ref waiting) == 0)
            {
                both.SetResult();
            }

            await both.Task;
            return null;
        }
    }

    /// <summary>
    /// Does something at each of the next calls. That a server counts the samples, as it does now and then, is none of them.
    /// </summary>
    private void Intercept(params Func<DoubleCall, Task<IMessage?>>[] faults)
    {
        var left = new ConcurrentQueue<Func<DoubleCall, Task<IMessage?>>>(faults);
        foreach (var _ in faults)
        {
            _qdrant.Faults.Enqueue(NextAsync);
        }

        Task<IMessage?> NextAsync(DoubleCall call)
        {
            if (call.Request is CountPoints)
            {
                _qdrant.Faults.Enqueue(NextAsync);
                return Task.FromResult<IMessage?>(null);
            }

            return left.TryDequeue(out var fault) ? fault(call) : Task.FromResult<IMessage?>(null);
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
