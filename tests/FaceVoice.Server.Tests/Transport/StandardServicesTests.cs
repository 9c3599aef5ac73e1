using FaceVoice.Server.Tests.Fakes;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Alpha = Grpc.Reflection.V1Alpha;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace FaceVoice.Server.Tests.Transport;

/// <summary>Health and reflection, as tools know them.</summary>
public sealed class StandardServicesTests
{
    [Fact]
    public async Task Watch_FromWarmUpToStop_TellsEachStateAndEnds()
    {
        var hold = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(hold: hold.Task);
        using var watch = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest { Service = "facevoice.v1.EmbeddingService" });
        async Task<ServingStatus> NextAsync()
        {
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken).WaitAsync(TestServer.Patience));
            return watch.ResponseStream.Current.Status;
        }

        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        hold.SetResult();
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        var stopping = server.Server.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        while (await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        }

        Assert.Equal(StatusCode.OK, watch.GetStatus().StatusCode);
        await stopping.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Check_KnownAndUnknownServices_AreServingAndNotFound()
    {
        await using var server = await TestServer.StartAsync();
        var health = new Health.HealthClient(server.Channel);
        foreach (var service in new[] { "", "facevoice.v1.EmbeddingService", "facevoice.v1.MatchingService", "facevoice.v1.IndexService", "facevoice.v1.ModelService" })
        {
            Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
        }

        var error = await Assert.ThrowsAsync<RpcException>(async () => await health.CheckAsync(new HealthCheckRequest { Service = "x" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Reflection_ServicesAndSymbols_LeadToTheFile()
    {
        await using var server = await TestServer.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            return call.ResponseStream.Current;
        }

        var services = (await AskAsync(new ServerReflectionRequest { ListServices = "" })).ListServicesResponse.Service.Select(s => s.Name).ToList();
        Assert.All(["Embedding", "Index", "Matching", "Model"], name => Assert.Contains($"facevoice.v1.{name}Service", services));
        var found = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "facevoice.v1.MatchingService" });
        var files = found.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom).ToList();
        Assert.Contains(files, file => file.Service.Any(s => s.Name == "MatchingService" && s.Method.Count == 2));
        Assert.Equal((int)StatusCode.NotFound, (await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "no.such" })).ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task Reflection_OlderName_AnswersTheSame()
    {
        await using var server = await TestServer.StartAsync();
        using var call = new Alpha.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains(call.ResponseStream.Current.ListServicesResponse.Service, s => s.Name == "facevoice.v1.MatchingService");
    }

    [Fact]
    public async Task Stop_WithAnOpenReflectionStream_EndsIt()
    {
        await using var server = await TestServer.StartAsync((settings, _) => settings.Work.DrainSeconds = 600);
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var end = call.ResponseStream.MoveNext(CancellationToken.None);
        await server.Server.StopAsync().WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);

        // On a busy machine the connection can end before the trailers are read; Grpc.Net.Client calls that INTERNAL.
        Assert.Contains((await Assert.ThrowsAsync<RpcException>(() => end)).StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
    }
}
