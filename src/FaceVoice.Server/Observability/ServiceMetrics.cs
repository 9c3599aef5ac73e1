using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace FaceVoice.Server.Observability;

/// <summary>The metrics of the service. Thread-safe.</summary>
internal sealed class ServiceMetrics : IDisposable
{
    public const string MeterName = "FaceVoice.Server";

    private readonly Meter _meter = new(MeterName);
    private readonly ActivitySource _activities = new(MeterName);
    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _samples;
    private readonly Histogram<double> _index;
    private volatile bool _isSilent;

    public ServiceMetrics()
    {
        _running = _meter.CreateUpDownCounter<long>("facevoice.calls.running", "{call}", "Calls that run now.");
        _calls = _meter.CreateCounter<long>("facevoice.calls", "{call}", "Calls that ended, by method and status code.");
        _refused = _meter.CreateCounter<long>("facevoice.calls.refused", "{call}", "Calls refused before they began, by method and status code.");
        _duration = _meter.CreateHistogram<double>("facevoice.call.duration", "s", "Time of a call, by method and status code.");
        _index = _meter.CreateHistogram<double>("facevoice.index.duration", "s", "Time of one search or one write of the index, by operation.");
        _samples = _meter.CreateCounter<long>("facevoice.samples", "{sample}", "Samples worked on, by modality and outcome.");
    }

    /// <summary>Whether work is neither counted nor traced: the server warms up. Calls are counted or not by whose they are.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    public Activity? StartActivity(string name) => IsSilent ? null : _activities.StartActivity(name);

    public void CallStarted(IMethod method) => _running.Add(1, Tag("method", Name(method)));

    public void CallRefused(IMethod method, int status) => _refused.Add(1, Tag("method", Name(method)), Tag("code", status));

    public void CallEnded(IMethod method, int status, TimeSpan duration)
    {
        var name = Tag("method", Name(method));
        _running.Add(-1, name);
        _calls.Add(1, name, Tag("code", status));
        _duration.Record(duration.TotalSeconds, name, Tag("code", status));
    }

    public void IndexUsed(string operation, TimeSpan duration)
    {
        if (!IsSilent)
        {
            _index.Record(duration.TotalSeconds, Tag("operation", operation));
        }
    }

    public void Sample(string modality, string outcome)
    {
        if (!IsSilent)
        {
            _samples.Add(1, Tag("modality", modality), Tag("outcome", outcome));
        }
    }

    /// <summary>A metric that is asked for when the metrics are read.</summary>
    public void Observe(string name, string unit, string description, Func<Measurement<double>> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    public void Dispose()
    {
        _activities.Dispose();
        _meter.Dispose();
    }

    private static string Name(IMethod method) => method.FullName[1..];

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
