using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Evaluation;

/// <summary>1:N matching: a probe, one candidate of the same person and N - 1 of others; the highest score is picked.</summary>
/// <param name="seed">Seed of the choice of candidates.</param>
internal sealed class CandidateMatching(ulong seed)
{
    private const int DrawsAProbe = 20;

    /// <param name="set">The samples.</param>
    /// <param name="similarity">[probes, candidates] scores.</param>
    /// <param name="protocol">Whether the others have the probe's gender.</param>
    /// <param name="candidates">N.</param>
    /// <param name="replicates">Redraws for the interval.</param>
    /// <returns>Null where there are too few people.</returns>
    public MatchingResult? Measure(JointSet set, float[] similarity, TrialProtocol protocol, int candidates, int replicates)
    {
        var random = RandomSource.Derive(seed, 44, (ulong)candidates, (ulong)protocol);
        var (values, identities) = (new List<double>(), new List<int>());
        for (var probe = 0; probe < set.Count; probe++)
        {
            var (matches, others) = Partners(set, probe, protocol);
            if (matches.Count == 0 || others.Select(i => set.Identities[i]).Distinct().Take(candidates - 1).Count() < candidates - 1)
            {
                continue;
            }

            double right = 0;
            for (var draw = 0; draw < DrawsAProbe; draw++)
            {
                right += Pick(similarity.AsSpan(probe * set.Count, set.Count), matches, others, candidates, random);
            }

            values.Add(right / DrawsAProbe);
            identities.Add(set.Identities[probe]);
        }

        return values.Count == 0
            ? null
            : new(candidates, new IdentityBootstrap(replicates, seed: seed).OfMean([.. values], [.. identities]), 1.0 / candidates);
    }

    private static (List<int> Matches, List<int> Others) Partners(JointSet set, int probe, TrialProtocol protocol)
    {
        var (matches, others) = (new List<int>(), new List<int>());
        for (var i = 0; i < set.Count; i++)
        {
            if (set.Identities[i] == set.Identities[probe])
            {
                matches.Add(i);
            }
            else if (protocol == TrialProtocol.Uncontrolled || set.Genders[i] == set.Genders[probe])
            {
                others.Add(i);
            }
        }

        return (matches, others);
    }

    /// <summary>1 for a right pick, 0 for a wrong one, a share where scores tie.</summary>
    private static double Pick(ReadOnlySpan<float> scores, List<int> matches, List<int> others, int candidates, RandomSource random)
    {
        var right = scores[matches[random.NextInt(matches.Count)]];
        var ties = 1;
        for (var other = 1; other < candidates; other++)
        {
            var score = scores[others[random.NextInt(others.Count)]];
            if (score > right)
            {
                return 0;
            }

            ties += score == right ? 1 : 0;
        }

        return 1.0 / ties;
    }
}
