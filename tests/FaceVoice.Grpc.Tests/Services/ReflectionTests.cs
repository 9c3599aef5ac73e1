using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Grpc.Protocol;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Alpha = Grpc.Reflection.V1Alpha;

namespace FaceVoice.Grpc.Tests.Services;

public sealed class ReflectionTests
{
    [Fact]
    public async Task Info_ServicesAndSymbols_LeadToTheFile()
    {
        await using var server = await StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            return call.ResponseStream.Current;
        }

        var services = await AskAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.Equal(["grpc.testing.TestService"], services.ListServicesResponse.Service.Select(s => s.Name));

        foreach (var symbol in new[] { "grpc.testing.TestService", "grpc.testing.TestService.UnaryCall", "grpc.testing.SimpleRequest", "grpc.testing.PayloadType", "grpc.testing.Payload.body" })
        {
            var found = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });
            var file = FileDescriptorProto.Parser.ParseFrom(Assert.Single(found.FileDescriptorResponse.FileDescriptorProto));
            Assert.Equal(TestReflection.Descriptor.Name, file.Name);
        }

        Assert.Equal((int)StatusCode.NotFound, (await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "no.such" })).ErrorResponse.ErrorCode);
        Assert.Equal((int)StatusCode.NotFound, (await AskAsync(new ServerReflectionRequest { FileByFilename = "no.proto" })).ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task Info_OlderName_AnswersTheSame()
    {
        await using var server = await StartAsync();
        using var call = new Alpha.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal("grpc.testing.TestService", call.ResponseStream.Current.ListServicesResponse.Service.Single().Name);
    }

    private static Task<GrpcTestServer> StartAsync() => GrpcTestServer.StartAsync(
        application =>
        {
            application.MapGrpcService<ReflectionServiceImpl>();
            application.MapGrpcService<ReflectionV1AlphaServiceImpl>();
        },
        services =>
        {
            services.AddSingleton(new ReflectionServiceImpl([TestService.Descriptor]));
            services.AddSingleton<ReflectionV1AlphaServiceImpl>();
        });
}
