using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>Scored verification trials, each between two sides (a face and a voice, or two voices), and whose they are.</summary>
internal sealed class TrialSet
{
    private const int MostTrials = 120_000;

    public required float[] Scores { get; init; }

    public required int[] FirstIdentities { get; init; }

    public required int[] SecondIdentities { get; init; }

    /// <summary>What each trial counts; empty where each counts 1.</summary>
    public double[] Weights { get; init; } = [];

    /// <summary>The samples of a <see cref="JointSet"/> that are on either side; empty if the trials are of no such set.</summary>
    public int[] FaceSamples { get; init; } = [];

    public int[] VoiceSamples { get; init; } = [];

    public int Matches => FirstIdentities.Zip(SecondIdentities).Count(pair => pair.First == pair.Second);

    public int Others => Scores.Length - Matches;

    public static TrialSet Of(IReadOnlyCollection<(double Score, int First, int Second)> trials) => new()
    {
        Scores = [.. trials.Select(trial => (float)trial.Score)],
        FirstIdentities = [.. trials.Select(trial => trial.First)],
        SecondIdentities = [.. trials.Select(trial => trial.Second)],
    };

    /// <summary>All trials of a protocol; of very many, all matches and an even choice of the others.</summary>
    public static TrialSet All(JointSet set, float[] similarity, TrialProtocol protocol, ulong seed)
    {
        var n = set.Count;
        var (faces, voices) = (new List<int>(), new List<int>());
        var keep = Math.Min(1.0, MostTrials / ((double)n * n));
        var random = RandomSource.Derive(seed, 41, (ulong)protocol);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var isMatch = set.Identities[i] == set.Identities[j];
                var counts = isMatch || protocol == TrialProtocol.Uncontrolled || set.Genders[i] == set.Genders[j];
                if (counts && (isMatch || keep >= 1 || random.NextDouble() < keep))
                {
                    faces.Add(i);
                    voices.Add(j);
                }
            }
        }

        return Of(set, [.. faces], [.. voices], (i, j) => similarity[(i * n) + j]);
    }

    public static TrialSet Of(JointSet set, int[] faces, int[] voices, Func<int, int, float> score) => new()
    {
        FaceSamples = faces,
        VoiceSamples = voices,
        Scores = [.. faces.Zip(voices, score)],
        FirstIdentities = Array.ConvertAll(faces, i => set.Identities[i]),
        SecondIdentities = Array.ConvertAll(voices, j => set.Identities[j]),
    };

    public bool[] Labels() => [.. FirstIdentities.Zip(SecondIdentities, (a, b) => a == b)];

    public RocCurve Curve() => RocCurve.Compute(Scores, Labels(), Weights);

    /// <summary>
    /// The trials weighed so that each person counts as much among the matches as among the others. Unweighted, a person with four samples
    /// makes sixteen matches for one, and the smaller gender has a larger share of the matches than of the others: a model that scores one
    /// gender, or some people, lower throughout would then lie below (or above) chance without knowing anything.
    /// </summary>
    /// <param name="set">The set that the trials are of.</param>
    public TrialSet WithPeopleBalanced(JointSet set)
    {
        var samples = set.Identities.CountBy(identity => identity).ToDictionary();
        var genders = set.Identities.Zip(set.Genders).Distinct().ToDictionary(pair => pair.First, pair => pair.Second);
        var people = genders.Values.CountBy(gender => gender).ToDictionary();
        return new()
        {
            Scores = Scores,
            FirstIdentities = FirstIdentities,
            SecondIdentities = SecondIdentities,
            FaceSamples = FaceSamples,
            VoiceSamples = VoiceSamples,
            Weights = [.. FirstIdentities.Zip(SecondIdentities, Weigh)],
        };

        double Weigh(int first, int second)
        {
            var partners = first == second ? 1 : Math.Max(1, people[genders[first]] - 1);
            return 1.0 / (samples[first] * samples[second] * partners);
        }
    }
}
