using System.Text.RegularExpressions;

namespace FaceVoice.Models.Hub;

/// <summary>
/// The name of a model repository on a hub, <c>OWNER/NAME[@REVISION]</c>. Immutable; its parts are safe in paths and in URLs.
/// </summary>
/// <param name="Owner">The user or organisation.</param>
/// <param name="Name">The repository.</param>
/// <param name="Revision">A branch, a tag, or a commit of 40 hexadecimal digits.</param>
public sealed partial record HubModelName(string Owner, string Name, string Revision)
{
    /// <summary>The revision that is meant if none is named.</summary>
    public const string DefaultRevision = "main";

    /// <summary>Owner and name without the revision.</summary>
    public string Id => $"{Owner}/{Name}";

    /// <summary>Reads a name; null if the text is none.</summary>
    /// <param name="text">For instance <c>speechbrain/spkrec-ecapa-voxceleb@main</c>.</param>
    public static HubModelName? TryParse(string? text)
    {
        if (text is null || Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var revision = match.Groups["revision"];
        var name = new HubModelName(match.Groups["owner"].Value, match.Groups["name"].Value, revision.Success
            ? revision.Value : DefaultRevision);

        // "--" separates owner and name in the cache's folder names; ".." would climb.
        return name.Id.Contains("--", StringComparison.Ordinal) || text.Contains("..", StringComparison.Ordinal)
            || name.Revision.Split('/').Any(part => part.Length == 0 || part[0] == '.') ? null : name;
    }

    /// <summary>Whether a text is a whole commit hash.</summary>
    public static bool IsCommit(string? text) => text is { Length: 40 } && text.All(char.IsAsciiHexDigitLower);

    /// <inheritdoc/>
    public override string ToString() => Revision == DefaultRevision ? Id : $"{Id}@{Revision}";

    [GeneratedRegex(
        @"\A(?<owner>[A-Za-z0-9_][A-Za-z0-9._-]{0,95})/(?<name>[A-Za-z0-9_][A-Za-z0-9._-]{0,95})"
        + @"(@(?<revision>[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}))?\z")]
    private static partial Regex Form();
}
