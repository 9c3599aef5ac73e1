namespace FaceVoice.Index;

/// <summary>One page of points.</summary>
public sealed class ScrollPage
{
    /// <summary>Gets the points; <see cref="IndexPoint.Vectors"/> is empty unless asked for.</summary>
    public required IReadOnlyList<IndexPoint> Points { get; init; }

    /// <summary>Gets what to ask for the next page with, printable and valid after a restart; null when this page is the last.</summary>
    public string? NextCursor { get; init; }
}
