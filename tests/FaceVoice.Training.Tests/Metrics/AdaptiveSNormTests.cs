using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Tests.Metrics;

public sealed class AdaptiveSNormTests
{
    [Fact]
    public void Normalize_TopScores_GivesHandComputedValue()
    {
        var norm = new AdaptiveSNorm(2);
        var first = norm.Measure([0.1f, 0.4f, 0.2f]);   // top two: mean 0.3, deviation 0.1
        var second = norm.Measure([0.5f, -1f, 0.1f]);   // top two: mean 0.3, deviation 0.2
        Assert.Equal(0.5 * ((0.5 / 0.1) + (0.5 / 0.2)), AdaptiveSNorm.Normalize(0.8, first, second), 1e-5);
    }

    [Fact]
    public void Measure_ConstantCohort_StaysFinite() =>
        Assert.True(double.IsFinite(AdaptiveSNorm.Normalize(0.8, new AdaptiveSNorm().Measure([0.2f, 0.2f]), new AdaptiveSNorm().Measure([0.2f, 0.3f]))));

    [Fact]
    public void Measure_OneMember_Throws() => Assert.Throws<ArgumentException>(() => new AdaptiveSNorm().Measure([0.2f]));
}
