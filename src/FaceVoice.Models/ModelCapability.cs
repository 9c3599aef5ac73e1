using System.Text.Json.Serialization;

namespace FaceVoice.Models;

/// <summary>What a face and a voice can be told to have in common by a score of the joint space, and what not.</summary>
/// <remarks>A high score means no more than this, however good the media are: see <see cref="Statement"/>.</remarks>
public sealed record ModelCapability
{
    /// <summary>
    /// What the model brings faces and voices together by, whoever they belong to: <c>gender</c>, <c>age</c>. Empty if nothing of that kind
    /// is known.
    /// </summary>
    public IReadOnlyList<string> Associates { get; init; } = [];

    /// <summary>Whether scores were shown to say something of identity: more than the attributes that people share with many others.</summary>
    public bool Identity { get; init; }

    /// <summary>One sentence for people, without a subject: "associates gender and age; knows nothing of identity".</summary>
    [JsonIgnore]
    public string Statement => (Identity, Associates.Count) switch
    {
        (true, 0) => "associates faces and voices of the same people; statistical, never proof of identity",
        (true, _) => $"associates faces and voices of the same people, by {Listed} among other things; statistical, never proof of identity",
        (false, 0) => "associates nothing that was shown; knows nothing of identity",
        (false, _) => $"associates {Listed}; knows nothing of identity",
    };

    private string Listed => Associates.Count < 2
        ? string.Concat(Associates)
        : $"{string.Join(", ", Associates.SkipLast(1))} and {Associates[^1]}";
}
