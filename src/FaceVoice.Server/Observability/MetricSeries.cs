using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace FaceVoice.Server.Observability;

/// <summary>One instrument under one set of labels. Thread-safe.</summary>
internal sealed class MetricSeries(Instrument instrument)
{
    // Seconds: from a cached answer to the longest call.
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Lock _lock = new();
    private readonly bool _replaces = instrument.IsObservable;
    private readonly long[]? _buckets = IsHistogram(instrument) ? new long[Bounds.Length + 1] : null;
    private double _sum;
    private long _count;

    public static bool IsHistogram(Instrument instrument) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);

    public static bool IsMonotonic(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && (type.GetGenericTypeDefinition() == typeof(Counter<>) || type.GetGenericTypeDefinition() == typeof(ObservableCounter<>));

    /// <summary>The name as Prometheus writes names: unit and <c>_total</c> at the end.</summary>
    public static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return name + (name.EndsWith(unit, StringComparison.Ordinal) ? "" : unit) + (IsMonotonic(instrument) ? "_total" : "");
    }

    public void Add(double value)
    {
        lock (_lock)
        {
            _sum = _replaces ? value : _sum + value;
            _count++;
            if (_buckets is not null)
            {
                var bucket = Array.BinarySearch(Bounds, value);
                _buckets[bucket < 0 ? ~bucket : bucket]++;
            }
        }
    }

    public void Write(StringBuilder text, string name, string labels)
    {
        lock (_lock)
        {
            var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
            if (_buckets is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {_sum:R}\n");
                return;
            }

            var prefix = labels.Length == 0 ? "" : labels + ",";
            long below = 0;
            for (var i = 0; i < _buckets.Length; i++)
            {
                below += _buckets[i];
                var bound = i < Bounds.Length ? Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{prefix}le=\"{bound}\"}} {below}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {_sum:R}\n{name}_count{braces} {_count}\n");
        }
    }
}
