using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Tests.Metrics;

public sealed class IdentityBootstrapTests
{
    [Fact]
    public void OfTrials_SameSeed_SameInterval()
    {
        var (scores, first, second) = Trials(people: 20, seed: 3);
        var once = new IdentityBootstrap(200).OfTrials(scores, first, second, curve => curve.AreaUnderCurve)[0];
        var again = new IdentityBootstrap(200).OfTrials(scores, first, second, curve => curve.AreaUnderCurve)[0];
        Assert.Equal(once, again);
        Assert.InRange(once.Estimate, once.Lower, once.Upper);
    }

    /// <summary>A 95 % interval should hold the true figure about 95 times in 100; 100 fresh groups of 40 people, at least 85 hits.</summary>
    [Fact]
    public void OfTrials_FreshPeople_CoversTheTruth()
    {
        // Score of a match ~ N(1, 1) + person, of a non-match ~ N(0, 1) + both people: AUC = Phi(1 / sqrt(2 + 2 * 0.25 + 2 * 0.25)).
        const double truth = 0.7181;
        var hits = 0;
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var (scores, first, second) = Trials(people: 40, seed);
            var interval = new IdentityBootstrap(200, seed: seed).OfTrials(scores, first, second, curve => curve.AreaUnderCurve)[0];
            hits += interval.Lower <= truth && truth <= interval.Upper ? 1 : 0;
        }

        Assert.InRange(hits, 85, 100);
    }

    [Fact]
    public void OfMean_OneIdentity_HasNoWidth()
    {
        var interval = new IdentityBootstrap().OfMean([0, 1, 1, 0], [5, 5, 5, 5]);
        Assert.Equal(new BootstrapInterval(0.5, 0.5, 0.5), interval);
    }

    private static (float[] Scores, int[] First, int[] Second) Trials(int people, ulong seed)
    {
        var random = new RandomSource(seed);
        var ease = Enumerable.Range(0, people).Select(_ => random.NextNormal() * 0.5).ToArray();
        List<(float Score, int First, int Second)> trials = [];
        for (var a = 0; a < people; a++)
        {
            for (var b = 0; b < people; b++)
            {
                var mean = a == b ? 1 + (Math.Sqrt(2) * ease[a]) : ease[a] + ease[b];
                trials.Add(((float)(mean + random.NextNormal()), a, b));
            }
        }

        return ([.. trials.Select(t => t.Score)], [.. trials.Select(t => t.First)], [.. trials.Select(t => t.Second)]);
    }
}
