using FaceVoice.Server.Access;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Observability;
using FaceVoice.Server.Services;
using FaceVoice.Server.WarmUp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.Hosting;

/// <summary>Puts the application together.</summary>
internal static class ServerBuilder
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly string[] ExposedHeaders = ["grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding", GrpcAnswer.RetryAfter];

    public static WebApplication Build(ServiceSettings settings, Func<IServiceProvider, CancellationToken, Task<LoadedEngine>> load)
    {
        var builder = WebApplication.CreateSlimBuilder();
        AddLogging(builder.Logging, settings.Telemetry);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => KestrelSetup.Apply(server, settings));
        if (settings.Listen.CertificateFile is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        AddServices(builder.Services, settings);
        builder.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<EngineLoader>(s, (CancellationToken token) => load(s, token)));
        builder.Services.AddHostedService(s => s.GetRequiredService<EngineLoader>());
        Telemetry.Add(builder, settings.Telemetry);
        var application = builder.Build();
        application.UseRouting();
        application.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true }); // before the guard, whose refusals it has to wrap as well
        if (settings.Access.AllowedOrigins is not null)
        {
            application.UseCors();
        }

        application.UseMiddleware<GuardMiddleware>();
        application.UseMiddleware<RequestErrorMiddleware>();
        Map(application);
        return application;
    }

    private static void AddLogging(ILoggingBuilder logging, TelemetrySettings telemetry)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(telemetry.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // an error for every probe of a server that is not ready
        logging.AddFilter("Grpc", LogLevel.None); // a line for every refused call, an error for every malformed one; bugs are told by ErrorReporter
        logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = telemetry.JsonLogs ? "json" : "simple";
        });
        if (telemetry.JsonLogs)
        {
            logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, TimestampFormat));
        }
        else
        {
            logging.AddSimpleConsole(simple =>
            {
                simple.SingleLine = true;
                simple.UseUtcTimestamp = true;
                simple.TimestampFormat = TimestampFormat + " ";
            });
        }
    }

    private static void AddServices(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(settings.Work.DrainSeconds));
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Readiness>();
        services.AddSingleton<OpenCalls>();
        services.AddSingleton<EngineHolder>();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<WarmUpCalls>();
        services.AddSingleton<WarmUpTransport>();
        services.AddSingleton<IConnectionListenerFactory>(s => s.GetRequiredService<WarmUpTransport>()); // beside that of sockets
        services.AddSingleton<ErrorReporter>();
        services.AddSingleton<SampleResolver>();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(health =>
        {
            foreach (var service in Readiness.Services)
            {
                health.Services.Map(service, _ => true);
            }
        }).AddCheck<Readiness>("readiness");
        services.AddSingleton<EmbeddingGrpcService>();
        services.AddSingleton<MatchingGrpcService>();
        services.AddSingleton<IndexGrpcService>();
        services.AddSingleton<ModelGrpcService>();
        if (settings.Access.ApiKeyFile is { } keys)
        {
            services.AddSingleton(s => new ApiKeyStore(keys, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ApiKeyStore>>()));
        }

        if (settings.Access.AllowedOrigins is { } origins)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins(origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .WithMethods("POST").AllowAnyHeader().WithExposedHeaders(ExposedHeaders)));
        }

        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = settings.Limits.MaxMessageBytes;
            grpc.Interceptors.Add<ErrorInterceptor>();
        });
    }

    private static void Map(WebApplication application)
    {
        application.MapGrpcService<EmbeddingGrpcService>();
        application.MapGrpcService<MatchingGrpcService>();
        application.MapGrpcService<IndexGrpcService>();
        application.MapGrpcService<ModelGrpcService>();
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
        application.MapPrometheusScrapingEndpoint();
        application.MapGet("/healthz", (RequestDelegate)(http => http.Response.WriteAsync("alive\n")));
        application.MapGet("/readyz", (RequestDelegate)(http =>
        {
            var ready = http.RequestServices.GetRequiredService<Readiness>().IsReady;
            http.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return http.Response.WriteAsync(ready ? "ready\n" : "not ready\n");
        }));
    }

    /// <summary>Leaves signals to whoever started the server: one owner decides when it stops.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
