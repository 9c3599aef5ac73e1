using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace FaceVoice.Server.Observability;

/// <summary>Gathers the figures of some meters and writes them in Prometheus' text format (0.0.4). Thread-safe.</summary>
internal sealed class PrometheusMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, MetricSeries>> _instruments = new();
    private readonly Lock _reading = new();

    /// <param name="meters">Names of meters.</param>
    public PrometheusMetrics(params IReadOnlyCollection<string> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All figures as they are now.</summary>
    public string Write()
    {
        lock (_reading)
        {
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var (instrument, series) in _instruments.OrderBy(i => i.Key.Name, StringComparer.Ordinal))
            {
                WriteInstrument(text, instrument, series);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void WriteInstrument(StringBuilder text, Instrument instrument, ConcurrentDictionary<string, MetricSeries> series)
    {
        var name = MetricSeries.NameOf(instrument);
        var type = MetricSeries.IsHistogram(instrument) ? "histogram" : MetricSeries.IsMonotonic(instrument) ? "counter" : "gauge";
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {type}\n");
        foreach (var (labels, values) in series.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            values.Write(text, name, labels);
        }
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length == 0 ? "" : ",").Append(name.Replace('.', '_')).Append("=\"")
                .Append(shown.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
                .Append('"');
        }

        return text.ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _instruments.GetOrAdd(instrument, _ => new()).GetOrAdd(Labels(tags), _ => new MetricSeries(instrument)).Add(value);
}
