namespace FaceVoice.Index;

/// <summary>The point has one of these ids.</summary>
/// <param name="Ids">The ids; none passes when empty.</param>
public sealed record IdFilter(IReadOnlyList<string> Ids) : IndexFilter;
