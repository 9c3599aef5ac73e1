namespace FaceVoice.Index;

/// <summary>A store holds the vectors of another model, or vectors of other sizes, than the caller works with.</summary>
/// <param name="expected">What the caller works with.</param>
/// <param name="found">What the store was made with.</param>
public sealed class SchemaMismatchException(IndexSchema expected, IndexSchema found)
    : IndexException($"The index was made with {found}; the caller works with {expected}. Vectors of different models cannot be compared: use that model, or make a new index.")
{
    /// <summary>Gets what the caller works with.</summary>
    public IndexSchema Expected { get; } = expected;

    /// <summary>Gets what the store was made with.</summary>
    public IndexSchema Found { get; } = found;
}
