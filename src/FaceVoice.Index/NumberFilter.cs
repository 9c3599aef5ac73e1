namespace FaceVoice.Index;

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
