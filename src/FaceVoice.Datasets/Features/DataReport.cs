using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaceVoice.Datasets.Features;

/// <summary>What a data set holds, looked at before anything is learnt from it.</summary>
public sealed record DataReport
{
    private const double LookAlikeCosine = 0.95;
    private const int MostNames = 20;

    /// <summary>Gets the number of people with at least one usable sample.</summary>
    public required int Identities { get; init; }

    /// <summary>Gets the number of usable samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the number of people in each part of the split.</summary>
    public required IReadOnlyDictionary<string, int> People { get; init; }

    /// <summary>Gets the number of people with so many samples: 1, 2, 3-4, 5-8, ...</summary>
    public required IReadOnlyDictionary<string, int> SamplesPerIdentity { get; init; }

    /// <summary>Gets the number of people of each stated gender.</summary>
    public required IReadOnlyDictionary<string, int> Genders { get; init; }

    /// <summary>Gets the seconds of speech; null where only features are at hand.</summary>
    public double? Seconds { get; init; }

    /// <summary>Gets what was not used, and why.</summary>
    public required IReadOnlyList<RejectedSample> Rejected { get; init; }

    /// <summary>Gets groups of samples whose face or voice is the same bit for bit.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Duplicates { get; init; }

    /// <summary>Gets how many of <see cref="Duplicates"/> have samples of different people.</summary>
    public required int DuplicatesAcrossPeople { get; init; }

    /// <summary>Gets the samples whose features are not finite: every batch with one of them is skipped.</summary>
    public required IReadOnlyList<string> NotFinite { get; init; }

    /// <summary>Gets people of different parts who may be one and the same.</summary>
    public required IReadOnlyList<LookAlike> LookAlikes { get; init; }

    /// <summary>Looks a set over.</summary>
    /// <param name="set">The usable samples.</param>
    /// <param name="split">Their division.</param>
    /// <param name="rejected">What was left out while reading.</param>
    /// <param name="seconds">Seconds of speech, where known.</param>
    public static DataReport Create(
        FeatureSet set, IdentitySplit split, IReadOnlyList<RejectedSample>? rejected = null, double? seconds = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(split);
        var counts = new Dictionary<int, int>();
        foreach (var sample in set.Samples)
        {
            counts[sample.Identity] = counts.GetValueOrDefault(sample.Identity) + 1;
        }

        var duplicates = FindDuplicates(set);
        var people = counts.Keys.Select(index => set.Identities[index]).ToList();
        return new()
        {
            Identities = counts.Count,
            Samples = set.Samples.Length,
            People = Tally(people, person => split.PartOf(person.Name)?.ToString().ToLowerInvariant() ?? "none"),
            SamplesPerIdentity = counts.Values.OrderBy(count => count).GroupBy(Bin).ToDictionary(bin => bin.Key, bin => bin.Count()),
            Genders = Tally(people, person => person.Gender ?? "not stated"),
            Seconds = seconds,
            Rejected = rejected ?? [],
            Duplicates = [.. duplicates.Take(MostNames).Select(group => group.Ids)],
            DuplicatesAcrossPeople = duplicates.Count(group => group.AcrossPeople),
            NotFinite = FindNotFinite(set),
            LookAlikes =
            [
                .. Features.LookAlikes.Find(set, split, byFace: true, LookAlikeCosine, MostNames),
                .. Features.LookAlikes.Find(set, split, byFace: false, LookAlikeCosine, MostNames),
            ],
        };
    }

    /// <summary>The report as JSON.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, FeatureJson.Options)!.AsObject();

    /// <summary>The report for people, a few lines.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        var speech = Seconds is { } seconds ? string.Create(culture, $", {seconds:F0} s of speech") : "";
        text.AppendLine(culture, $"data: {Identities} identities, {Samples} samples{speech} ({Join(People)})");
        text.AppendLine(culture, $"  samples an identity: {Join(SamplesPerIdentity)}; gender: {Join(Genders)}");
        if (Rejected.Count > 0)
        {
            text.AppendLine(culture, $"  rejected: {Rejected.Count}");
            foreach (var group in Rejected.GroupBy(sample => sample.Reason).OrderByDescending(group => group.Count()))
            {
                text.AppendLine(culture, $"    {string.Join(", ", group.Take(4).Select(sample => sample.Id))}{(group.Count() > 4 ? $" and {group.Count() - 4} more" : "")}: {group.Key}");
            }
        }

        if (Duplicates.Count > 0)
        {
            text.Append(culture, $"  duplicates: {(Duplicates.Count < MostNames ? "" : "at least ")}{Duplicates.Count} groups of samples with identical content, ");
            text.AppendLine(culture, $"{DuplicatesAcrossPeople} across people, the first: {string.Join(", ", Duplicates[0].Take(4))}");
        }

        if (NotFinite.Count > 0)
        {
            text.Append(culture, $"  not finite: {NotFinite.Count} samples ({string.Join(", ", NotFinite.Take(4))}{(NotFinite.Count > 4 ? ", ..." : "")}); ");
            text.AppendLine("every batch with one of them is skipped: remove them or compute their features again");
        }

        if (LookAlikes.Count > 0)
        {
            var first = LookAlikes[0];
            text.Append(culture, $"  across the split, alike: {LookAlikes.Count}, the most: {first.First} and {first.Second} by {first.By} ");
            text.AppendLine(culture, $"(cosine {first.Cosine:F3}); one person under two names would make every metric too good");
        }

        return text.ToString().TrimEnd();
    }

    private static string Join(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.Select(entry => $"{entry.Key} {entry.Value}"));

    private static Dictionary<string, int> Tally<T>(IEnumerable<T> items, Func<T, string> key) =>
        items.GroupBy(key).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());

    private static string Bin(int count)
    {
        var upper = 1;
        while (upper < count)
        {
            upper *= 2;
        }

        return upper <= 2
            ? upper.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{(upper / 2) + 1}-{upper}");
    }

    /// <summary>
    /// Groups of samples with the same rows, those across people first; several samples of one person may well share a picture.
    /// </summary>
    private static List<(IReadOnlyList<string> Ids, bool AcrossPeople)> FindDuplicates(FeatureSet set)
    {
        var byContent = new Dictionary<UInt128, List<(string Id, int Person)>>();
        foreach (var sample in set.Samples)
        {
            Add(set.Faces.Row(sample.FaceStart), sample.Id + " (face)", sample.Identity);
            Add(set.Voices.Row(sample.VoiceStart), sample.Id + " (voice)", sample.Identity);
        }

        return
        [
            .. byContent.Values.Where(group => group.Count > 1)
                .Select(group => (
                    Ids: (IReadOnlyList<string>)[.. group.Select(item => item.Id)],
                    AcrossPeople: group.DistinctBy(item => item.Person).Skip(1).Any()))
                .OrderByDescending(group => group.AcrossPeople),
        ];

        void Add(ReadOnlySpan<float> row, string id, int person)
        {
            var key = MemoryMarshal.Read<UInt128>(SHA256.HashData(MemoryMarshal.AsBytes(row)));
            (CollectionsMarshal.GetValueRefOrAddDefault(byContent, key, out _) ??= []).Add((id, person));
        }
    }

    private static List<string> FindNotFinite(FeatureSet set)
    {
        var broken = new List<string>();
        foreach (var sample in set.Samples)
        {
            if (!RowsAreFinite(set.Faces, sample.FaceStart, sample.FaceCount)
                || !RowsAreFinite(set.Voices, sample.VoiceStart, sample.VoiceCount))
            {
                broken.Add(sample.Id);
            }
        }

        return broken;
    }

    private static bool RowsAreFinite(FeatureMatrix matrix, int start, int count) =>
        FiniteValues.AreAll(matrix.Values.Slice(start * matrix.Dimension, count * matrix.Dimension));
}

/// <summary>A sample that is not used, and why.</summary>
/// <param name="Id">Name of the sample or the file.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record RejectedSample(string Id, string Reason);
