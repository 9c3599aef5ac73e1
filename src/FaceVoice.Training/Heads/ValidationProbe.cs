using System.Text.Json.Serialization;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Metrics;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Heads;

/// <summary>A fixed choice of samples of one part of the people, measured after every epoch.</summary>
internal sealed class ValidationProbe
{
    private const int MostRows = 2_000;
    private readonly int[] _genders;
    private readonly int[] _shuffledGroups;

    public ValidationProbe(FeatureSet set, PositiveRelation positives, ulong seed)
    {
        var chosen = Choose(set, seed);
        (FaceRows, VoiceRows) = (new int[chosen.Length], new int[chosen.Length]);
        (Groups, _genders) = (new int[chosen.Length], new int[chosen.Length]);
        Ids = new string[chosen.Length];
        var genders = SampleGroups.Genders(set);
        var groups = SampleGroups.Of(set, positives);
        for (var i = 0; i < chosen.Length; i++)
        {
            var sample = set.Samples[chosen[i]];
            (FaceRows[i], VoiceRows[i], Ids[i]) = (sample.FaceStart, sample.VoiceStart, sample.Id);
            (Groups[i], _genders[i]) = (groups[chosen[i]], genders[chosen[i]]);
        }

        var people = Array.ConvertAll(chosen, i => set.Samples[i].Identity);
        People = people.Distinct().Count();
        CanMeasure = Groups.Distinct().Skip(1).Any();
        HasBothGenders = positives == PositiveRelation.Identity && SampleGroups.CountStated(set, PositiveRelation.Gender) > 1;
        _shuffledGroups = Shuffle(people, Groups, seed);
    }

    public int[] FaceRows { get; }

    public int[] VoiceRows { get; }

    public int[] Groups { get; }

    public string[] Ids { get; }

    public int People { get; }

    public bool HasBothGenders { get; }

    public ReadOnlySpan<int> Genders => _genders;

    /// <summary>Whether there is more than one group, so that a match differs from the rest.</summary>
    public bool CanMeasure { get; }

    /// <param name="faces">Unit joint embeddings of the face rows.</param>
    /// <param name="voices">Unit joint embeddings of the voice rows.</param>
    /// <param name="similarity">Their cosines, [faces, voices].</param>
    /// <param name="dimension">Values a row.</param>
    public ProbeResult Measure(ReadOnlySpan<float> faces, ReadOnlySpan<float> voices, ReadOnlySpan<float> similarity, int dimension)
    {
        var n = Groups.Length;
        var (all, sameGender, shuffled) = (new ScoreHistogram(), new ScoreHistogram(), new ScoreHistogram());
        var hits = 0;
        for (var i = 0; i < n; i++)
        {
            var best = 0;
            for (var j = 0; j < n; j++)
            {
                var score = similarity[(i * n) + j];
                var isMatch = Groups[i] == Groups[j];
                all.Add(score, isMatch);
                shuffled.Add(score, Groups[i] == _shuffledGroups[j]);
                if (isMatch || _genders[i] == _genders[j])
                {
                    sameGender.Add(score, isMatch);
                }

                best = score > similarity[(i * n) + best] ? j : best;
            }

            hits += Groups[i] == Groups[best] ? 1 : 0;
        }

        var few = Math.Min(n, 256);
        var health = EmbeddingStatistics.Measure(faces[..(few * dimension)], voices[..(few * dimension)], dimension, Groups.AsSpan(0, few));
        return new(
            all.AreaUnderCurve,
            HasBothGenders ? sameGender.AreaUnderCurve : double.NaN,
            shuffled.AreaUnderCurve,
            hits / (double)n,
            EmbeddingStatistics.ChanceRecall(Groups),
            People,
            health);
    }

    /// <summary>Finite samples, people taken in turn so that few samples still mean many people.</summary>
    private static int[] Choose(FeatureSet set, ulong seed)
    {
        var order = Enumerable.Range(0, set.Samples.Length).Where(i =>
            FiniteValues.AreAll(set.Faces.Row(set.Samples[i].FaceStart)) && FiniteValues.AreAll(set.Voices.Row(set.Samples[i].VoiceStart))).ToArray();
        RandomSource.Derive(seed, 21).Shuffle(order.AsSpan());
        return [.. order.GroupBy(i => set.Samples[i].Identity).SelectMany(person => person.Select((i, turn) => (i, turn))).OrderBy(item => item.turn).Take(MostRows).Select(item => item.i)];
    }

    /// <summary>Deals the people's groups out anew among the people; clips of one person stay together.</summary>
    private static int[] Shuffle(int[] people, int[] groups, ulong seed)
    {
        var groupOf = people.Zip(groups).DistinctBy(item => item.First).ToArray();
        var dealt = Array.ConvertAll(groupOf, item => item.Second);
        RandomSource.Derive(seed, 22).Shuffle(dealt.AsSpan());
        var map = groupOf.Zip(dealt).ToDictionary(item => item.First.First, item => item.Second);
        return Array.ConvertAll(people, person => map[person]);
    }
}

/// <summary>How well a fixed group of people is matched at one moment of a run.</summary>
/// <param name="Auc">Area under the curve over all pairs.</param>
/// <param name="GenderControlledAuc">The same against negatives of the same gender; NaN where genders are not known.</param>
/// <param name="ShuffledAuc">The same with the voices dealt out anew among the people: the control, at 0.5 whatever the model.</param>
/// <param name="RecallAt1">How often the best of all voices is a right one.</param>
/// <param name="ChanceRecallAt1">What guessing would give.</param>
/// <param name="People">The number of people: figures of so many are independent of one another, whatever counts as belonging together.</param>
/// <param name="Health">Health figures of the embeddings.</param>
public sealed record ProbeResult(
    double Auc, double GenderControlledAuc, double ShuffledAuc, double RecallAt1, double ChanceRecallAt1, int People, BatchHealth Health)
{
    /// <summary>Gets how many standard errors of pure chance the area lies above 0.5.</summary>
    [JsonIgnore]
    public double StandardErrorsAboveChance => (Auc - 0.5) * Math.Sqrt(12.0 * People);
}
