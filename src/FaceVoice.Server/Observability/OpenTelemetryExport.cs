using FaceVoice.Inference;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FaceVoice.Server.Observability;

/// <summary>Sends metrics and traces by OTLP for as long as it lives.</summary>
internal sealed class OpenTelemetryExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    public OpenTelemetryExport(Uri endpoint, string version)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("facevoice", serviceVersion: version);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(ServiceMetrics.MeterName, FaceVoiceEngine.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddOtlpExporter(options => options.Endpoint = endpoint)
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(ServiceMetrics.MeterName, "Microsoft.AspNetCore")
            .AddOtlpExporter(options => options.Endpoint = endpoint)
            .Build();
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
