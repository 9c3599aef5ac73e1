using FaceVoice.Datasets.Features;

namespace FaceVoice.Training.Heads;

/// <summary>Numbers for what belongs together.</summary>
internal static class SampleGroups
{
    /// <summary>One number a sample: the person, or the person's gender.</summary>
    public static int[] Of(FeatureSet set, PositiveRelation positives) =>
        positives == PositiveRelation.Gender ? Genders(set) : set.Samples.ToArray().Select(sample => sample.Identity).ToArray();

    /// <summary>One number a sample: the person's gender; people without a stated one share a number.</summary>
    public static int[] Genders(FeatureSet set)
    {
        var names = set.Identities.Select(person => person.Gender ?? "").Distinct().Order(StringComparer.Ordinal).ToList();
        var numbers = set.Identities.Select(person => names.IndexOf(person.Gender ?? "")).ToArray();
        return set.Samples.ToArray().Select(sample => numbers[sample.Identity]).ToArray();
    }
}
