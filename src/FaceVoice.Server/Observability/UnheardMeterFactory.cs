using System.Diagnostics.Metrics;

namespace FaceVoice.Server.Observability;

/// <summary>Makes meters under names that nobody listens to, for a host whose figures would only blur those of the server. Thread-safe.</summary>
internal sealed class UnheardMeterFactory : IMeterFactory
{
    private readonly Lock _lock = new();
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var meter = new Meter("FaceVoice.Rehearsal." + options.Name, options.Version);
        lock (_lock)
        {
            _meters.Add(meter);
        }

        return meter;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _meters.ForEach(meter => meter.Dispose());
            _meters.Clear();
        }
    }
}
