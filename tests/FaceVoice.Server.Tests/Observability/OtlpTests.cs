using System.Collections.Concurrent;
using System.Text;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Tests.Observability;

/// <summary>What a collector of OpenTelemetry is sent.</summary>
[Collection(MetricsCollection.Name)]
public sealed class OtlpTests
{
    private readonly ConcurrentDictionary<string, string> _received = new();

    [Fact]
    public async Task Export_AfterCalls_SendsMetricsAndTracesWithoutMedia()
    {
        await using var collector = await StartCollectorAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        await using (var server = await TestServer.StartAsync((settings, _) => settings.Telemetry.OtlpEndpoint = address))
        {
            await server.Embedding.EmbedFaceAsync(new EmbedFaceRequest { Face = TestServer.Face("face:secret-media") });
        }

        // Both are sent at the latest when the server ends.
        var metrics = _received["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"];
        var traces = _received["/opentelemetry.proto.collector.trace.v1.TraceService/Export"];
        Assert.Contains("facevoice.calls", metrics, StringComparison.Ordinal);
        Assert.Contains("facevoice.v1.EmbeddingService/EmbedFace", metrics, StringComparison.Ordinal);
        Assert.Contains("service.name", metrics, StringComparison.Ordinal);
        Assert.Contains("facevoice.v1.EmbeddingService/EmbedFace", traces, StringComparison.Ordinal); // the name of the call's span
        Assert.DoesNotContain("Enroll", metrics + traces, StringComparison.Ordinal); // nothing of the warm-up, which enrols
        Assert.Contains("rpc.method", traces, StringComparison.Ordinal); // OpenTelemetry's names in place of the transport's
        Assert.Contains("embed face", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-media", metrics + traces, StringComparison.Ordinal);
    }

    /// <summary>A collector that keeps every body as text: strings stand in protobuf as they are.</summary>
    private async Task<WebApplication> StartCollectorAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var application = builder.Build();
        application.MapPost("/{service}/{method}", async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _received.AddOrUpdate(http.Request.Path, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            http.Response.ContentType = "application/grpc";
            await http.Response.BodyWriter.WriteAsync(new byte[5]);
            http.Response.AppendTrailer("grpc-status", "0");
        });
        await application.StartAsync();
        return application;
    }
}
