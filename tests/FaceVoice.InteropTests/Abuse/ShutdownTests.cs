using System.Collections.Concurrent;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Models;
using Grpc.Core;
using Grpc.Health.V1;

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
            await Task.WhenAny(enough.Task, work).WaitAsync(TimeSpan.FromSeconds(120));
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

    [Fact]
    public async Task Server_EndedWithStreamsOpen_AnswersWhatItReadAndEndsWithinTheDrainTime()
    {
        using var folder = new TemporaryFolder();
        RandomSpeakerBundle.Create(folder.File("model"));
        await using var server = await ServerProcess.StartAsync("--model", folder.File("model"), "--index", folder.File("index"), "--set", "Work:DrainSeconds=600");
        using var channel = server.Connect();
        var (embedding, index) = (new EmbeddingService.EmbeddingServiceClient(channel), new IndexService.IndexServiceClient(channel));
        using var embed = embedding.EmbedStream();
        using var live = embedding.EmbedVoiceStream();
        using var enrol = index.EnrollStream();
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(default));
        await live.RequestStream.WriteAsync(new EmbedVoiceStreamRequest { Config = new LiveAudioConfig() });
        await enrol.RequestStream.WriteAsync(new EnrollRequest { RequestId = "1", Identity = "i", Voices = { new VoiceSample { Audio = DrawnMedia.VoiceAudio(0) } } });
        Assert.True(await enrol.ResponseStream.MoveNext(default));
        for (var i = 0; i < 6; i++)
        {
            await embed.RequestStream.WriteAsync(new EmbedStreamRequest { Id = $"{i}", Voice = DrawnMedia.VoiceAudio(10 + i), Spaces = { Space.Speaker } });
        }

        Assert.True(await embed.ResponseStream.MoveNext(default)); // the others are on their way
        server.Terminate();

        var ended = await Task.WhenAll(EndAsync(embed.ResponseStream), EndAsync(live.ResponseStream), EndAsync(enrol.ResponseStream)).WaitAsync(TimeSpan.FromSeconds(120));
        Assert.All(ended, end => Assert.Equal((StatusCode.Unavailable, "The server is stopping"), (end.Status.StatusCode, end.Status.Detail[..22])));
        Assert.InRange(ended[0].Answers, 0, 5);
        while (await watch.ResponseStream.MoveNext(default))
        {
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        }

        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.DoesNotContain(" fail: ", server.Log, StringComparison.Ordinal);
    }

    private static async Task<(Status Status, int Answers)> EndAsync<T>(IAsyncStreamReader<T> stream)
    {
        for (var answers = 0; ; answers++)
        {
            try
            {
                Assert.True(await stream.MoveNext(default), "The stream ended as if all was well.");
            }
            catch (RpcException e)
            {
                return (e.Status, answers);
            }
        }
    }

    /// <summary>Enrols person after person; gives up, with the status, when the server refuses.</summary>
    private static async Task EnrolUntilRefusedAsync(
        IndexService.IndexServiceClient client, int worker, ConcurrentBag<string> acknowledged, ConcurrentBag<StatusCode> statuses, TaskCompletionSource enough)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var voice = new VoiceSample { Audio = DrawnMedia.VoiceAudio(((worker * 16) + i) % 100) };
                var request = new EnrollRequest { RequestId = $"{worker}-{i}", Identity = $"person {worker}", Voices = { voice } };
                foreach (var sample in (await client.EnrollAsync(request)).Samples)
                {
                    acknowledged.Add(sample.SampleId);
                }

                if (acknowledged.Count >= 30)
                {
                    enough.TrySetResult();
                }
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
