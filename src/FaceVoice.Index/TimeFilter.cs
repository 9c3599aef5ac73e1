namespace FaceVoice.Index;

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
