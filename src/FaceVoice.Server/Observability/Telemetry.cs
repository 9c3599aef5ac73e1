using System.Diagnostics.Metrics;
using FaceVoice.Inference;
using FaceVoice.Server.Services;
using FaceVoice.Server.WarmUp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FaceVoice.Server.Observability;

/// <summary>Metrics for Prometheus at <c>/metrics</c>; metrics and traces by OTLP if there is somewhere to send them.</summary>
internal static class Telemetry
{
    // Seconds: from a cached answer to the longest call.
    private static readonly double[] SecondBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] CountBounds = [1, 2, 4, 8, 16, 32, 64];

    public static void Add(WebApplicationBuilder builder, TelemetrySettings settings)
    {
        var otlp = settings.OtlpEndpoint is { } endpoint ? new Uri(endpoint) : null;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("facevoice", serviceVersion: ModelGrpcService.ServerVersion))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ServiceMetrics.MeterName, FaceVoiceEngine.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                    .AddView(Buckets)
                    .AddPrometheusExporter(prometheus => (prometheus.ScopeInfoEnabled, prometheus.ScrapeResponseCacheDurationMilliseconds) = (false, 0));
                if (otlp is not null)
                {
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = otlp);
                }
            });
        if (otlp is not null)
        {
            // The names of OpenTelemetry (rpc.method, rpc.response.status_code, …) in place of those that the transport sets (grpc.method,
            // grpc.status_code).
            builder.Configuration["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_ENABLE_GRPC_INSTRUMENTATION"] = "true";
            telemetry.WithTracing(traces => traces
                .AddSource(ServiceMetrics.MeterName)
                .AddAspNetCoreInstrumentation(requests => requests.Filter = http => !WarmUpTransport.IsOf(http))
                .AddOtlpExporter(exporter => exporter.Endpoint = otlp));
        }
    }

    private static ExplicitBucketHistogramConfiguration? Buckets(Instrument instrument) =>
        instrument is Histogram<double> or Histogram<long> or Histogram<int> && instrument.Meter.Name is ServiceMetrics.MeterName or FaceVoiceEngine.MeterName
            ? new() { Boundaries = instrument.Unit == "s" ? SecondBounds : CountBounds }
            : null;
}
