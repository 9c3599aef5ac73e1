using System.Diagnostics.Metrics;

namespace FaceVoice.Inference.Metering;

/// <summary>The instruments of one engine, under the meter <c>FaceVoice.Inference</c>.</summary>
internal sealed class PipelineMeter : IDisposable
{
    private readonly Meter _meter = new(FaceVoiceEngine.MeterName);
    private readonly Histogram<double> _stage;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _nonFinite;
    private readonly Counter<long> _joined;
    private volatile bool _isSilent;

    public PipelineMeter()
    {
        _stage = _meter.CreateHistogram<double>("facevoice.stage.duration", "s", "Time per stage of making an embedding.");
        _wait = _meter.CreateHistogram<double>("facevoice.queue.wait", "s", "Time that work waited for a worker.");
        _refused = _meter.CreateCounter<long>("facevoice.queue.refused", "{request}", "Work refused because its queue was full.");
        _dropped = _meter.CreateCounter<long>("facevoice.queue.dropped", "{request}", "Work dropped because its caller had left.");
        _joined = _meter.CreateCounter<long>("facevoice.cache.joined", "{request}", "Embeddings that another call was working on already.");
        _meter.CreateObservableGauge("facevoice.batch.size", () => 1, "{sample}", "Samples in one run of an encoder: always 1, for the reasons that the engine gives.");
        _nonFinite = _meter.CreateCounter<long>("facevoice.nonfinite", "{result}", "Results withheld because they were not finite.");
    }

    /// <summary>Whether nothing is counted: what runs is a rehearsal.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    public void Observe(Scheduling.StageQueue queue) =>
        _meter.CreateObservableGauge("facevoice.queue.length", () => new Measurement<int>(queue.Length, new KeyValuePair<string, object?>("queue", queue.Name)), "{request}", "Work that waits or runs.");

    public void Observe(Caching.EmbeddingCache cache)
    {
        _meter.CreateObservableCounter("facevoice.cache.hits", () => cache.Hits, "{request}", "Embeddings answered from the cache.");
        _meter.CreateObservableCounter("facevoice.cache.misses", () => cache.Misses, "{request}", "Embeddings that had to be computed.");
        _meter.CreateObservableGauge("facevoice.cache.size", () => cache.Bytes, "By", "Memory that the cache holds.");
    }

    public void StageEnded(string medium, string stage, TimeSpan elapsed)
    {
        if (!IsSilent)
        {
            _stage.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("medium", medium), new KeyValuePair<string, object?>("stage", stage));
        }
    }

    public void Waited(string queue, TimeSpan elapsed)
    {
        if (!IsSilent)
        {
            _wait.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("queue", queue));
        }
    }

    public void Refused(string queue) => Count(_refused, new KeyValuePair<string, object?>("queue", queue));

    public void Dropped(string queue) => Count(_dropped, new KeyValuePair<string, object?>("queue", queue));

    public void Joined() => Count(_joined);

    public void NonFinite() => Count(_nonFinite);

    public void Dispose() => _meter.Dispose();

    private void Count(Counter<long> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!IsSilent)
        {
            counter.Add(1, tags);
        }
    }
}
