using System.Diagnostics.Metrics;
using FaceVoice.Inference.Caching;
using FaceVoice.Inference.Scheduling;

namespace FaceVoice.Inference;

/// <summary>The instruments of one engine, under the meter <see cref="FaceVoiceEngine.MeterName"/>. Thread-safe.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private readonly Histogram<double> _stage;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _nonFinite;
    private volatile bool _isSilent;

    public EngineMetrics()
    {
        _stage = Meter.CreateHistogram<double>("facevoice.stage.duration", "s", "Time per stage of making an embedding.");
        _wait = Meter.CreateHistogram<double>("facevoice.queue.wait", "s", "Time that work waited for a worker.");
        _refused = Meter.CreateCounter<long>("facevoice.queue.refused", "{request}", "Work refused because the queue was full.");
        _dropped = Meter.CreateCounter<long>("facevoice.queue.dropped", "{request}", "Work dropped because its caller had left.");
        _joined = Meter.CreateCounter<long>("facevoice.cache.joined", "{request}", "Embeddings that another call was working on already.");
        _nonFinite = Meter.CreateCounter<long>("facevoice.nonfinite", "{result}", "Results withheld because they were not finite.");
    }

    /// <summary>Gets this engine's own meter; others have the same name.</summary>
    public Meter Meter { get; } = new(FaceVoiceEngine.MeterName);

    /// <summary>Whether nothing is counted: the engine is warming up.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    public void Observe(Scheduler scheduler) =>
        Meter.CreateObservableGauge("facevoice.queue.length", () => scheduler.Length, "{request}", "Work that waits or runs.");

    public void Observe(EmbeddingCache cache)
    {
        Meter.CreateObservableCounter("facevoice.cache.hits", () => cache.Hits, "{request}", "Embeddings answered from the cache.");
        Meter.CreateObservableCounter("facevoice.cache.misses", () => cache.Misses, "{request}", "Embeddings that had to be computed.");
        Meter.CreateObservableGauge("facevoice.cache.size", () => cache.Bytes, "By", "Memory that the cache holds.");
    }

    public void StageEnded(string medium, string stage, TimeSpan elapsed)
    {
        if (!IsSilent)
        {
            _stage.Record(elapsed.TotalSeconds, new("medium", medium), new KeyValuePair<string, object?>("stage", stage));
        }
    }

    public void Waited(TimeSpan elapsed)
    {
        if (!IsSilent)
        {
            _wait.Record(elapsed.TotalSeconds);
        }
    }

    public void Refused() => Count(_refused);

    public void Dropped() => Count(_dropped);

    public void Joined() => Count(_joined);

    public void NonFinite() => Count(_nonFinite);

    public void Dispose() => Meter.Dispose();

    private void Count(Counter<long> counter)
    {
        if (!IsSilent)
        {
            counter.Add(1);
        }
    }
}
