using FaceVoice.Datasets.Features;

namespace FaceVoice.Training.Heads;

/// <summary>Numbers for what belongs together.</summary>
internal static class SampleGroups
{
    /// <summary>One number a sample: the person, the person's gender, or gender and age band.</summary>
    public static int[] Of(FeatureSet set, PositiveRelation positives) => positives switch
    {
        PositiveRelation.Gender => Genders(set),
        PositiveRelation.GenderAndAge => Number(set, GenderAndAge),
        _ => set.Samples.ToArray().Select(sample => sample.Identity).ToArray(),
    };

    /// <summary>One number a sample, from 0: the person's gender. People without a stated one belong to nobody else.</summary>
    public static int[] Genders(FeatureSet set) => Number(set, person => person.Gender);

    /// <summary>How many groups are stated among the people who have samples.</summary>
    public static int CountStated(FeatureSet set, PositiveRelation positives)
    {
        Func<IdentityRecord, string?> name = positives == PositiveRelation.GenderAndAge ? GenderAndAge : person => person.Gender;
        var people = set.Samples.ToArray().Select(sample => sample.Identity).Distinct();
        return people.Select(index => name(set.Identities[index])).OfType<string>().Distinct().Count();
    }

    // Where a band has no genders stated (children, whose voices do not tell it), the band alone makes the group.
    private static string? GenderAndAge(IdentityRecord person) => person.AgeBand is { } band ? $"{person.Gender}/{band}" : null;

    private static int[] Number(FeatureSet set, Func<IdentityRecord, string?> name)
    {
        var names = set.Identities.Select(name).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        var numbers = set.Identities.Select((person, index) => name(person) is { } stated ? names.IndexOf(stated) : names.Count + index).ToArray();
        return set.Samples.ToArray().Select(sample => numbers[sample.Identity]).ToArray();
    }
}
