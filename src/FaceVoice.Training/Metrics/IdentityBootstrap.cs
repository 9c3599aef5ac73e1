using System.Globalization;
using System.Numerics.Tensors;
using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Metrics;

/// <summary>
/// Intervals that say how much a figure would move with other people: identities, not trials, are drawn with replacement,
/// because the trials of one person are not independent. Thread-safe; the same seed gives the same interval.
/// </summary>
/// <param name="replicates">Number of redraws, at least 2.</param>
/// <param name="confidence">Share of the replicates inside the interval, between 0 and 1.</param>
/// <param name="seed">Seed of the draws.</param>
public sealed class IdentityBootstrap(int replicates = 1000, double confidence = 0.95, ulong seed = 1)
{
    /// <summary>
    /// Intervals of figures read off a curve of trials. In a redraw where identity <c>i</c> comes up <c>n_i</c> times, a matching trial
    /// weighs <c>n_i</c> and a trial between two people <c>n_i n_j</c>.
    /// </summary>
    /// <param name="scores">One score a trial.</param>
    /// <param name="firstIdentities">The identity on the first side of each trial, any numbering.</param>
    /// <param name="secondIdentities">The identity on the second side; equal to the first in a matching trial.</param>
    /// <param name="figures">What to read off each curve, for example its area.</param>
    /// <returns>One interval a figure, in order.</returns>
    public BootstrapInterval[] OfTrials(
        ReadOnlySpan<float> scores,
        ReadOnlySpan<int> firstIdentities,
        ReadOnlySpan<int> secondIdentities,
        params ReadOnlySpan<Func<RocCurve, double>> figures) =>
        OfWeightedTrials(scores, [], firstIdentities, secondIdentities, figures);

    /// <summary>The same where trials count more or less to begin with.</summary>
    /// <param name="scores">One score a trial.</param>
    /// <param name="trialWeights">What each trial counts, 0 or more; empty for 1.</param>
    /// <param name="firstIdentities">The identity on the first side of each trial, any numbering.</param>
    /// <param name="secondIdentities">The identity on the second side; equal to the first in a matching trial.</param>
    /// <param name="figures">What to read off each curve.</param>
    /// <returns>One interval a figure, in order.</returns>
    public BootstrapInterval[] OfWeightedTrials(
        ReadOnlySpan<float> scores,
        ReadOnlySpan<double> trialWeights,
        ReadOnlySpan<int> firstIdentities,
        ReadOnlySpan<int> secondIdentities,
        params ReadOnlySpan<Func<RocCurve, double>> figures)
    {
        var isMatch = new bool[scores.Length];
        for (var i = 0; i < isMatch.Length; i++)
        {
            isMatch[i] = firstIdentities[i] == secondIdentities[i];
        }

        return Measure(scores, isMatch, trialWeights, firstIdentities, secondIdentities, figures);
    }

    /// <summary>The same where a match is something else than one identity on both sides, for example one gender.</summary>
    /// <param name="scores">One score a trial.</param>
    /// <param name="isMatch">Whether each trial counts as a match.</param>
    /// <param name="firstIdentities">The identity on the first side of each trial, any numbering.</param>
    /// <param name="secondIdentities">The identity on the second side.</param>
    /// <param name="figures">What to read off each curve.</param>
    /// <returns>One interval a figure, in order.</returns>
    public BootstrapInterval[] OfLabelledTrials(
        ReadOnlySpan<float> scores,
        bool[] isMatch,
        ReadOnlySpan<int> firstIdentities,
        ReadOnlySpan<int> secondIdentities,
        params ReadOnlySpan<Func<RocCurve, double>> figures) =>
        Measure(scores, isMatch, [], firstIdentities, secondIdentities, figures);

    private BootstrapInterval[] Measure(
        ReadOnlySpan<float> scores,
        bool[] isMatch,
        ReadOnlySpan<double> trialWeights,
        ReadOnlySpan<int> firstIdentities,
        ReadOnlySpan<int> secondIdentities,
        ReadOnlySpan<Func<RocCurve, double>> figures)
    {
        var ranked = new RankedTrials(scores, isMatch);
        var number = Renumber(firstIdentities, secondIdentities);
        var first = new int[scores.Length];
        var second = new int[scores.Length];
        var matches = new bool[scores.Length];
        for (var rank = 0; rank < first.Length; rank++)
        {
            first[rank] = number[firstIdentities[ranked.Order[rank]]];
            second[rank] = number[secondIdentities[ranked.Order[rank]]];
            matches[rank] = isMatch[ranked.Order[rank]];
        }

        double[] counts = trialWeights.IsEmpty ? [] : ranked.Rank(trialWeights);
        var values = Replicate(ranked, first, second, matches, counts, number.Count, figures.ToArray());
        var intervals = new BootstrapInterval[figures.Length];
        var whole = ranked.Curve(counts, new RocPoint[scores.Length + 1]);
        for (var f = 0; f < intervals.Length; f++)
        {
            intervals[f] = BootstrapInterval.FromReplicates(figures[f](whole), values[f], confidence);
        }

        return intervals;
    }

    /// <summary>The interval of a mean over queries (recall, average precision), its queries grouped by identity.</summary>
    /// <param name="values">One value a query.</param>
    /// <param name="identities">The identity of each query.</param>
    public BootstrapInterval OfMean(ReadOnlySpan<double> values, ReadOnlySpan<int> identities)
    {
        var number = Renumber(identities, identities);
        var sums = new double[number.Count];
        var counts = new int[number.Count];
        double total = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var identity = number[identities[i]];
            sums[identity] += values[i];
            counts[identity]++;
            total += values[i];
        }

        var random = new RandomSource(seed);
        var draws = new double[replicates];
        for (var r = 0; r < replicates; r++)
        {
            double sum = 0, count = 0;
            for (var i = 0; i < sums.Length; i++)
            {
                var drawn = random.NextInt(sums.Length);
                sum += sums[drawn];
                count += counts[drawn];
            }

            draws[r] = sum / count;
        }

        return BootstrapInterval.FromReplicates(total / values.Length, draws, confidence);
    }

    private double[][] Replicate(
        RankedTrials ranked, int[] first, int[] second, bool[] matches, double[] counts, int identities, Func<RocCurve, double>[] figures)
    {
        double[][] values = [.. figures.Select(_ => new double[replicates])];
        var draws = Draw(first, second, matches, identities);
        Parallel.For(
            0,
            replicates,
            () => (Weights: new double[first.Length], Points: new RocPoint[first.Length + 1]),
            (r, _, scratch) =>
            {
                Weigh(first, second, draws[r], scratch.Weights);
                if (counts.Length > 0)
                {
                    TensorPrimitives.Multiply<double>(scratch.Weights, counts, scratch.Weights);
                }

                var curve = ranked.Curve(scratch.Weights, scratch.Points);
                for (var f = 0; f < figures.Length; f++)
                {
                    values[f][r] = figures[f](curve);
                }

                return scratch;
            },
            _ => { });
        return values;
    }

    /// <summary>How often each identity comes up in each redraw. One after the other: the seed decides, not the threads.</summary>
    private int[][] Draw(int[] first, int[] second, bool[] matches, int identities)
    {
        var random = new RandomSource(seed);
        var draws = new int[replicates][];
        for (var r = 0; r < replicates; r++)
        {
            var times = draws[r] = new int[identities];
            do
            {
                Array.Clear(times);
                for (var i = 0; i < times.Length; i++)
                {
                    times[random.NextInt(times.Length)]++;
                }
            }
            while (!HasBothKinds(first, second, matches, times));
        }

        return draws;
    }

    /// <summary>Whether both kinds of trial are left.</summary>
    private static bool HasBothKinds(int[] first, int[] second, bool[] matches, int[] times)
    {
        var (matching, other) = (false, false);
        for (var i = 0; i < first.Length && !(matching && other); i++)
        {
            if (times[first[i]] > 0 && times[second[i]] > 0)
            {
                (matches[i] ? ref matching : ref other) = true;
            }
        }

        return matching && other;
    }

    private static void Weigh(int[] first, int[] second, int[] times, double[] weights)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = first[i] == second[i] ? times[first[i]] : (double)times[first[i]] * times[second[i]];
        }
    }

    private static Dictionary<int, int> Renumber(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var number = new Dictionary<int, int>();
        foreach (var identity in first)
        {
            number.TryAdd(identity, number.Count);
        }

        foreach (var identity in second)
        {
            number.TryAdd(identity, number.Count);
        }

        return number;
    }
}

/// <summary>A figure with the percentile interval of its bootstrap replicates.</summary>
/// <param name="Estimate">The figure on the data as they are.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
public readonly record struct BootstrapInterval(double Estimate, double Lower, double Upper)
{
    /// <summary>Writes <c>0.871 [0.842, 0.899]</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Estimate:F3} [{Lower:F3}, {Upper:F3}]");

    /// <summary>Takes the percentiles of replicates.</summary>
    internal static BootstrapInterval FromReplicates(double estimate, double[] replicates, double confidence)
    {
        Array.Sort(replicates);
        var tail = (1 - confidence) / 2;
        return new(estimate, Quantile(replicates, tail), Quantile(replicates, 1 - tail));
    }

    private static double Quantile(double[] sorted, double q)
    {
        var position = q * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
