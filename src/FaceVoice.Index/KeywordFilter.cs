namespace FaceVoice.Index;

/// <summary>A keyword field has one of the values, or with <see cref="IsExcept"/> a value that is none of them.</summary>
/// <param name="Key">The field; <c>identity</c> and <c>modality</c> work too.</param>
/// <param name="Values">The values, compared whole and case-sensitively.</param>
public sealed record KeywordFilter(string Key, IReadOnlyList<string> Values) : IndexFilter
{
    /// <summary>Gets whether the values are the ones to leave out.</summary>
    public bool IsExcept { get; init; }
}
