using FaceVoice.Testing.Grpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FaceVoice.Grpc.Tests.Services;

public sealed class HealthTests
{
    [Fact]
    public async Task Watch_StatusChanges_TellsEachAndEndsAtShutdown()
    {
        var health = new HealthServiceImpl();
        await using var server = await GrpcTestServer.StartAsync(a => a.MapGrpcService<HealthServiceImpl>(), s => s.AddSingleton(health));
        using var watch = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest { Service = "x" });
        async Task<HealthCheckResponse.Types.ServingStatus> NextAsync()
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            return watch.ResponseStream.Current.Status;
        }

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.ServiceUnknown, await NextAsync());
        health.SetStatus("x", HealthCheckResponse.Types.ServingStatus.Serving);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await NextAsync());
        health.Shutdown();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await NextAsync());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(CancellationToken.None))).StatusCode);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        await using var server = await GrpcTestServer.StartAsync(a => a.MapGrpcService<HealthServiceImpl>(), s => s.AddSingleton(new HealthServiceImpl()));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest { Service = "x" }));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }
}
