namespace FaceVoice.Datasets.Sources;

/// <summary>
/// Looks at who is taken for whom, as a person would before hours of work: whether all are one, each is its own, or one folder falls into
/// many people; and says which option settles it. Says nothing where the user has settled it.
/// </summary>
public static class IdentityGrouping
{
    private const int MostNames = 3;

    /// <summary>What is to be said; a sentence or two each, empty if nothing.</summary>
    /// <param name="sources">The names of the sources, with <c>/</c>, and who is in them.</param>
    public static IReadOnlyList<string> Notes(IReadOnlyList<(string Name, SourceIdentity Identity)> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var notes = new List<string>();
        foreach (var corpus in sources.Where(source => source.Identity.Basis == IdentityBasis.Corpus).GroupBy(source => source.Identity.Corpus))
        {
            notes.Add($"{Count(corpus.Count(), "source")} named as in {corpus.Key}: {Count(People(corpus), "person", "people")} ({Names(corpus)}). "
                + "If this is wrong: --identity-regex or --identity-from-folder.");
        }

        var open = sources.Where(source => source.Identity.Basis is not (IdentityBasis.Told or IdentityBasis.Corpus)).ToList();
        if (open.Count < 2)
        {
            return notes;
        }

        var people = People(open);
        if (people == 1)
        {
            notes.Add($"{(open.Count == 2 ? "Both" : $"All {open.Count}")} sources are taken for one person, {open[0].Identity.Person}. "
                + "If they are different people, name the part of the path that "
                + "tells them apart: --identity-regex '(.+)' makes each file its own person, --identity-from-folder each folder.");
        }
        else if (people == open.Count)
        {
            notes.Add($"Each of the {open.Count} sources is taken for a person of its own ({Names(open)}){Cameras(open)}. If several show the same person: "
                + "--identity-from-folder takes each folder for a person, --identity-regex another part of the path.");
        }
        else
        {
            Add(notes, open);
        }

        return notes;
    }

    private static void Add(List<string> notes, List<(string Name, SourceIdentity Identity)> open)
    {
        var cameras = open.Where(source => source.Identity.Basis == IdentityBasis.CameraName).ToList();
        if (cameras.Count > 1)
        {
            notes.Add($"{cameras.Count} sources have names that cameras give ({Names(cameras)}); each is taken for a person of its own. "
                + "--identity-from-folder takes each folder for a person instead.");
        }

        var split = open.Except(cameras).GroupBy(source => Folder(source.Name)).Where(folder => folder.Key.Length > 0 && People(folder) > 1).ToList();
        if (split.Count > 0)
        {
            var worst = split.OrderByDescending(People).First();
            notes.Add($"{Count(split.Count, "folder holds", "folders hold")} several people, such as {worst.Key} with {People(worst)} ({Names(worst)}). If a folder is one person: "
                + "--identity-from-folder; if another part of the path names the person: --identity-regex.");
        }
    }

    private static string Cameras(List<(string Name, SourceIdentity Identity)> open) =>
        open.TrueForAll(source => source.Identity.Basis == IdentityBasis.CameraName) ? ", as their names are those that cameras give" : "";

    private static int People(IEnumerable<(string Name, SourceIdentity Identity)> sources) =>
        sources.Select(source => source.Identity.Person).Distinct(StringComparer.Ordinal).Count();

    private static string Names(IEnumerable<(string Name, SourceIdentity Identity)> sources)
    {
        var names = sources.Select(source => source.Identity.Person).Distinct(StringComparer.Ordinal).ToList();
        return string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? ", …" : "");
    }

    private static string Folder(string name) => name.LastIndexOf('/') is var slash and >= 0 ? name[..slash] : "";

    private static string Count(int count, string one, string? many = null) => $"{count} {(count == 1 ? one : many ?? one + "s")}";
}
