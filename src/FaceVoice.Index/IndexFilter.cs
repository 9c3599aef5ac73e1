namespace FaceVoice.Index;

/// <summary>
/// A condition on a point: a tree of <see cref="BooleanFilter"/> over leaves that look at one field or at the id. Immutable.
/// The meaning is Qdrant's: a field with several values passes when one of them does, and a point without the field never passes a field condition.
/// </summary>
public abstract record IndexFilter
{
    private protected IndexFilter()
    {
    }

    /// <summary>The fields that the leaves look at, and the kind of value that each needs; ids are no field.</summary>
    internal IEnumerable<(string Key, PayloadKind Kind)> Fields() => this switch
    {
        BooleanFilter boolean => boolean.Must.Concat(boolean.Should).Concat(boolean.MustNot).SelectMany(condition => condition.Fields()),
        KeywordFilter keyword => [(keyword.Key, PayloadKind.Keywords)],
        NumberFilter number => [(number.Key, PayloadKind.Number)],
        TimeFilter time => [(time.Key, PayloadKind.Time)],
        _ => [],
    };

    /// <summary>Every one of the conditions holds; true when there is none.</summary>
    public static IndexFilter All(params IReadOnlyList<IndexFilter> conditions) => new BooleanFilter { Must = conditions };

    /// <summary>At least one of the conditions holds.</summary>
    public static IndexFilter Any(params IReadOnlyList<IndexFilter> conditions) => new BooleanFilter { Should = conditions };

    /// <summary>The condition does not hold.</summary>
    public static IndexFilter Not(IndexFilter condition) => new BooleanFilter { MustNot = [condition] };

    /// <summary>The keyword field <paramref name="key"/> has one of the values.</summary>
    public static IndexFilter Match(string key, params IReadOnlyList<string> values) => new KeywordFilter(key, values);

    /// <summary>The keyword field <paramref name="key"/> has a value that is none of these.</summary>
    public static IndexFilter Except(string key, params IReadOnlyList<string> values) => new KeywordFilter(key, values) { IsExcept = true };

    /// <summary>The point belongs to this identity.</summary>
    public static IndexFilter OfIdentity(string identity) => Match(PayloadKey.Identity, identity);

    /// <summary>The point is of this modality.</summary>
    public static IndexFilter OfModality(PointModality modality) => Match(PayloadKey.Modality, modality.ToKeyword());

    /// <summary>The point has one of these ids.</summary>
    public static IndexFilter HasId(params IReadOnlyList<string> ids) => new IdFilter(ids);
}

/// <summary>Joins conditions: all of <see cref="Must"/>, at least one of <see cref="Should"/> where there is any, none of <see cref="MustNot"/>.</summary>
public sealed record BooleanFilter : IndexFilter
{
    /// <summary>Gets the conditions that must all hold.</summary>
    public IReadOnlyList<IndexFilter> Must { get; init; } = [];

    /// <summary>Gets the conditions of which at least one must hold; no demand when empty.</summary>
    public IReadOnlyList<IndexFilter> Should { get; init; } = [];

    /// <summary>Gets the conditions that must all fail.</summary>
    public IReadOnlyList<IndexFilter> MustNot { get; init; } = [];
}

/// <summary>A keyword field has one of the values, or with <see cref="IsExcept"/> a value that is none of them.</summary>
/// <param name="Key">The field; <c>identity</c> and <c>modality</c> work too.</param>
/// <param name="Values">The values, compared whole and case-sensitively.</param>
public sealed record KeywordFilter(string Key, IReadOnlyList<string> Values) : IndexFilter
{
    /// <summary>Gets whether the values are the ones to leave out.</summary>
    public bool IsExcept { get; init; }
}

/// <summary>A number field lies within bounds; a bound that is null is none.</summary>
/// <param name="Key">The field.</param>
public sealed record NumberFilter(string Key) : IndexFilter
{
    /// <summary>Gets the bound that the number must exceed.</summary>
    public double? GreaterThan { get; init; }

    /// <summary>Gets the bound that the number must reach.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Gets the bound that the number must stay under.</summary>
    public double? LessThan { get; init; }

    /// <summary>Gets the bound that the number must not exceed.</summary>
    public double? AtMost { get; init; }
}

/// <summary>A time field lies within bounds; a bound that is null is none.</summary>
/// <param name="Key">The field.</param>
public sealed record TimeFilter(string Key) : IndexFilter
{
    /// <summary>Gets the bound that the moment must come after.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Gets the first moment that passes.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Gets the bound that the moment must come before.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Gets the last moment that passes.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The point has one of these ids.</summary>
/// <param name="Ids">The ids; none passes when empty.</param>
public sealed record IdFilter(IReadOnlyList<string> Ids) : IndexFilter;
