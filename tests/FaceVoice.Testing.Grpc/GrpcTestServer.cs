using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Testing.Grpc;

/// <summary>A gRPC server in this process: plaintext HTTP/2 on one free port of the loopback, HTTP/1.1 on another.</summary>
public sealed class GrpcTestServer : IAsyncDisposable
{
    private readonly Lazy<GrpcChannel> _channel;

    private GrpcTestServer(WebApplication application)
    {
        Application = application;
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToList();
        GrpcAddress = new Uri(addresses[0]);
        HttpAddress = new Uri(addresses[1]);
        _channel = new Lazy<GrpcChannel>(() => GrpcChannel.ForAddress(GrpcAddress, new GrpcChannelOptions { MaxReceiveMessageSize = null }));
    }

    public WebApplication Application { get; }

    /// <summary>Gets where plaintext HTTP/2 is spoken.</summary>
    public Uri GrpcAddress { get; }

    /// <summary>Gets where HTTP/1.1 is spoken.</summary>
    public Uri HttpAddress { get; }

    public GrpcChannel Channel => _channel.Value;

    /// <summary>Starts a server.</summary>
    /// <param name="map">Maps services and middleware.</param>
    /// <param name="services">Adds to the services of the application.</param>
    /// <param name="options">Sets the options of gRPC.</param>
    /// <param name="kestrel">Sets the options of Kestrel.</param>
    public static async Task<GrpcTestServer> StartAsync(
        Action<WebApplication> map,
        Action<IServiceCollection>? services = null,
        Action<GrpcServiceOptions>? options = null,
        Action<KestrelServerOptions>? kestrel = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            server.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel?.Invoke(server);
        });
        builder.Services.AddGrpc(o => options?.Invoke(o));
        services?.Invoke(builder.Services);
        var application = builder.Build();
        map(application);
        await application.StartAsync();
        return new GrpcTestServer(application);
    }

    /// <summary>Starts a server with the interoperability service.</summary>
    public static Task<GrpcTestServer> StartInteropAsync(Action<GrpcServiceOptions>? options = null) =>
        StartAsync(application => application.MapGrpcService<InteropService>(), options: options);

    public async ValueTask DisposeAsync()
    {
        if (_channel.IsValueCreated)
        {
            _channel.Value.Dispose();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Application.StopAsync(patience.Token);
        await Application.DisposeAsync();
    }
}
