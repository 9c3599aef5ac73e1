namespace FaceVoice.Index;

/// <summary>One typed payload field: keywords, a number or a time. Immutable.</summary>
public sealed class PayloadValue : IEquatable<PayloadValue>
{
    /// <summary>The longest keyword, in UTF-8 bytes.</summary>
    public const int MaxKeywordBytes = 1024;

    private readonly string[] _keywords;
    private readonly double _number;
    private readonly DateTimeOffset _time;

    private PayloadValue(PayloadKind kind, string[] keywords, double number, DateTimeOffset time) =>
        (Kind, _keywords, _number, _time) = (kind, keywords, number, time);

    /// <summary>Gets the type.</summary>
    public PayloadKind Kind { get; }

    /// <summary>Gets the strings of a keyword field, in the order given; empty for other kinds.</summary>
    public IReadOnlyList<string> Keywords => _keywords;

    /// <summary>Gets the number of a number field; 0 for other kinds.</summary>
    public double Number => _number;

    /// <summary>Gets the moment of a time field, in UTC; the default for other kinds.</summary>
    public DateTimeOffset Time => _time;

    /// <summary>Makes a keyword field.</summary>
    /// <param name="values">One or more strings.</param>
    /// <exception cref="ArgumentException">No value is given.</exception>
    public static PayloadValue FromKeywords(params ReadOnlySpan<string> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("A keyword field needs at least one value.", nameof(values));
        }

        foreach (var value in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(values));
        }

        return new(PayloadKind.Keywords, values.ToArray(), 0, default);
    }

    /// <summary>Makes a number field.</summary>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not finite.</exception>
    public static PayloadValue FromNumber(double value) => double.IsFinite(value)
        ? new(PayloadKind.Number, [], value, default)
        : throw new ArgumentException("A payload number must be finite.", nameof(value));

    /// <summary>Makes a time field; what is finer than a microsecond is cut off.</summary>
    public static PayloadValue FromTime(DateTimeOffset value)
    {
        var utc = value.ToUniversalTime();
        return new(PayloadKind.Time, [], 0, utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond)));
    }

    /// <inheritdoc/>
    public bool Equals(PayloadValue? other) =>
        other is not null && Kind == other.Kind && _number.Equals(other._number) && _time == other._time && _keywords.AsSpan().SequenceEqual(other._keywords);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PayloadValue);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _number, _time, _keywords.Length);
}

/// <summary>The types that a payload field can have.</summary>
public enum PayloadKind
{
    /// <summary>One or more strings that are compared whole.</summary>
    Keywords = 0,

    /// <summary>A finite number.</summary>
    Number = 1,

    /// <summary>A moment, to the microsecond, kept in UTC.</summary>
    Time = 2,
}
