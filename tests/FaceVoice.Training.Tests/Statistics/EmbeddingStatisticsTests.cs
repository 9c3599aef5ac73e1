using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Tests.Statistics;

public sealed class EmbeddingStatisticsTests
{
    [Fact]
    public void EffectiveRank_RowsOfKnownRank_IsThatRank()
    {
        // Rows on the axes of a 4-dimensional cross: centred, with four equal singular values.
        float[] rows = [1, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, -1];
        Assert.Equal(4, EmbeddingStatistics.EffectiveRank(rows, 4), 1e-6);
    }

    [Fact]
    public void EffectiveRank_EqualRows_IsOne() => Assert.Equal(1, EmbeddingStatistics.EffectiveRank([1, 0, 1, 0, 1, 0], 2));

    [Fact]
    public void Uniformity_EqualRows_IsZero_AndSpreadRowsBelowMinusThree()
    {
        Assert.Equal(0, EmbeddingStatistics.Uniformity([1, 0, 1, 0], 2), 1e-6);
        var random = new RandomSource(1);
        var rows = Enumerable.Range(0, 90).SelectMany(_ => Unit(random, 64)).ToArray();
        Assert.InRange(EmbeddingStatistics.Uniformity(rows, 64), -4.1, -3.5);
    }

    [Fact]
    public void Measure_PerfectPairs_AgainstChance()
    {
        var random = new RandomSource(1);
        var rows = Enumerable.Range(0, 32).SelectMany(_ => Unit(random, 16)).ToArray();
        var health = EmbeddingStatistics.Measure(rows, rows, 16, Enumerable.Range(0, 32).ToArray());
        Assert.Equal(1, health.RecallAt1);
        Assert.Equal(1 / 32.0, health.ChanceRecallAt1, 1e-12);
        Assert.Equal(0, health.Alignment, 1e-5);
    }

    [Fact]
    public void ChanceRecall_SharedGroups_IsTheSumOfSquares() => Assert.Equal(0.375, EmbeddingStatistics.ChanceRecall([1, 1, 2, 3]), 1e-12);

    private static float[] Unit(RandomSource random, int dimension)
    {
        var row = Enumerable.Range(0, dimension).Select(_ => (float)random.NextNormal()).ToArray();
        var norm = MathF.Sqrt(row.Sum(x => x * x));
        return Array.ConvertAll(row, x => x / norm);
    }
}
