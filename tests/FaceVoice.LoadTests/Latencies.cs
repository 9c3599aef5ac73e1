using System.Globalization;

namespace FaceVoice.LoadTests;

/// <summary>Times in milliseconds, and what is told of them.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private readonly List<double> _values = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _values.Count;
            }
        }
    }

    public void Add(double milliseconds)
    {
        lock (_lock)
        {
            _values.Add(milliseconds);
        }
    }

    /// <summary>The value that a share of all values does not exceed; 0 where there are none.</summary>
    public double Percentile(double share)
    {
        lock (_lock)
        {
            _values.Sort();
            return _values.Count == 0 ? 0 : _values[Math.Min(_values.Count - 1, (int)(share * _values.Count))];
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {Percentile(0.5):F1} ms, p99 {Percentile(0.99):F1} ms");
}
