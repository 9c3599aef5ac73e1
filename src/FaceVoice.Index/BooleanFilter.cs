namespace FaceVoice.Index;

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
