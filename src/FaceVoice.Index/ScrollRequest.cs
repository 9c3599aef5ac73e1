namespace FaceVoice.Index;

/// <summary>A question for the next page of points.</summary>
public sealed class ScrollRequest
{
    /// <summary>The largest <see cref="Limit"/>.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>Gets the condition that points must meet; null for none.</summary>
    public IndexFilter? Filter { get; init; }

    /// <summary>Gets the most points to return, 1 to <see cref="MaxLimit"/>.</summary>
    /// <value>The default is 500.</value>
    public int Limit { get; init; } = 500;

    /// <summary>Gets the <see cref="ScrollPage.NextCursor"/> of the page before; null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Gets whether the points come with their vectors.</summary>
    public bool WithVectors { get; init; }
}

/// <summary>One page of points.</summary>
public sealed class ScrollPage
{
    /// <summary>Gets the points; <see cref="IndexPoint.Vectors"/> is empty unless asked for.</summary>
    public required IReadOnlyList<IndexPoint> Points { get; init; }

    /// <summary>Gets what to ask for the next page with, printable and valid after a restart; null when this page is the last.</summary>
    public string? NextCursor { get; init; }
}
