using System.Collections.Concurrent;

namespace FaceVoice.Index.Embedded.Rows;

/// <summary>From payload fields to rows: posting lists for keywords, columns for numbers and times. Rows only ever grow; dead ones are skipped by readers.</summary>
internal sealed class PayloadIndex
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, PostingList>> _keywords = new(1, 8, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueColumn<double>> _numbers = new(1, 8, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueColumn<long>> _times = new(1, 8, StringComparer.Ordinal);

    /// <summary>The lists of every value of a keyword field; null where no point ever had the field.</summary>
    public ConcurrentDictionary<string, PostingList>? Keywords(string key) => _keywords.GetValueOrDefault(key);

    public ValueColumn<double>? Numbers(string key) => _numbers.GetValueOrDefault(key);

    /// <summary>The moments of a time field, as UTC ticks.</summary>
    public ValueColumn<long>? Times(string key) => _times.GetValueOrDefault(key);

    /// <summary>The kinds of values that a field has or had; empty where no point ever had it.</summary>
    public IReadOnlyCollection<PayloadKind> KindsOf(string key)
    {
        var kinds = new List<PayloadKind>(3);
        if (_keywords.ContainsKey(key))
        {
            kinds.Add(PayloadKind.Keywords);
        }

        if (_numbers.ContainsKey(key))
        {
            kinds.Add(PayloadKind.Number);
        }

        if (_times.ContainsKey(key))
        {
            kinds.Add(PayloadKind.Time);
        }

        return kinds;
    }

    /// <summary>Enters a row; the writer's thread only, rows rising.</summary>
    public void Add(int row, PointMeta point)
    {
        AddKeyword(row, PayloadKey.Modality, point.Modality.ToKeyword());
        if (point.Identity is { } identity)
        {
            AddKeyword(row, PayloadKey.Identity, identity);
        }

        foreach (var (key, value) in point.Payload)
        {
            switch (value.Kind)
            {
                case PayloadKind.Keywords:
                    foreach (var keyword in value.Keywords)
                    {
                        AddKeyword(row, key, keyword);
                    }

                    break;
                case PayloadKind.Number:
                    _numbers.GetOrAdd(key, _ => new()).Add(row, value.Number);
                    break;
                case PayloadKind.Time:
                    _times.GetOrAdd(key, _ => new()).Add(row, value.Time.UtcTicks);
                    break;
            }
        }
    }

    private void AddKeyword(int row, string key, string value) =>
        _keywords.GetOrAdd(key, _ => new(1, 31, StringComparer.Ordinal)).GetOrAdd(value, _ => new()).Add(row);

    /// <summary>Values of one field with the rows they belong to, rows rising.</summary>
    internal sealed class ValueColumn<T>
    {
        private readonly ChunkedArray<int> _rows = new();
        private readonly ChunkedArray<T> _values = new();

        public int Count => _rows.Count;

        public int Row(int index) => _rows[index];

        public T Value(int index) => _values[index];

        public void Add(int row, T value)
        {
            _values.Add(value);
            _rows.Add(row);
        }
    }
}
