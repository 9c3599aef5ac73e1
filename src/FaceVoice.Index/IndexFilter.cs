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
