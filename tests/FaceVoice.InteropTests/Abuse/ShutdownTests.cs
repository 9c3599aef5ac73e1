using System.Collections.Concurrent;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Models;
using Grpc.Core;

namespace FaceVoice.InteropTests.Abuse;

/// <summary>The end of a server that is at work: by SIGTERM, and by kill -9.</summary>
[Collection(ServerCollection.Name)]
public sealed class ShutdownTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_EndedWhilePeopleAreEnrolled_LosesNothingThatWasAcknowledged(bool killed)
    {
        using var folder = new TemporaryFolder();
        RandomSpeakerBundle.Create(folder.File("model"));
        string[] settings = ["--model", folder.File("model"), "--index", folder.File("index")];
        var acknowledged = new ConcurrentBag<string>();
        var statuses = new ConcurrentBag<StatusCode>();
        await using (var server = await ServerProcess.StartAsync(settings))
        {
            var enough = new TaskCompletionSource();
            using var channel = server.Connect();
            var client = new IndexService.IndexServiceClient(channel);
            var work = Task.WhenAll(Enumerable.Range(0, 6).Select(worker => EnrolUntilRefusedAsync(client, worker, acknowledged, statuses, enough)));
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
            if (killed)
            {
                server.Kill();
            }
            else
            {
                server.Terminate();
                Assert.Equal(0, await server.WaitForExitAsync());
            }

            await work.WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.True(acknowledged.Count >= 30, $"only {acknowledged.Count} were enrolled");
        Assert.All(statuses, status => Assert.Equal(StatusCode.Unavailable, status));
        await using var again = await ServerProcess.StartAsync(settings);
        using var reconnected = again.Connect();
        var kept = await ListAsync(new IndexService.IndexServiceClient(reconnected));
        Assert.Empty(acknowledged.Except(kept));
    }

    /// <summary>Enrols person after person; gives up, with the status, when the server refuses.</summary>
    private static async Task EnrolUntilRefusedAsync(
        IndexService.IndexServiceClient client, int worker, ConcurrentBag<string> acknowledged, ConcurrentBag<StatusCode> statuses, TaskCompletionSource enough)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var request = new EnrollRequest { RequestId = $"{worker}-{i}", Identity = $"person {worker}", Faces = { RealMedia.FaceSample(((worker * 60) + i) % 390) } };
                foreach (var sample in (await client.EnrollAsync(request)).Samples)
                {
                    acknowledged.Add(sample.SampleId);
                }

                if (acknowledged.Count >= 30)
                {
                    enough.TrySetResult();
                }
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument)
            {
                continue; // a portrait without a face that is found
            }
            catch (RpcException e)
            {
                statuses.Add(e.StatusCode);
                enough.TrySetResult();
                return;
            }
        }
    }

    private static async Task<List<string>> ListAsync(IndexService.IndexServiceClient client)
    {
        var ids = new List<string>();
        var request = new ListRequest { PageSize = 1000 };
        do
        {
            var page = await client.ListAsync(request);
            ids.AddRange(page.Samples.Select(s => s.SampleId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return ids;
    }
}
