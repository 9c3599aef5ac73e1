using System.Text.Json;
using FaceVoice.Testing;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Tests.Metrics;

/// <summary>Curves and rates against the reference numbers: points within 1e-6 (stored as float32), scalars within 1e-9.</summary>
public sealed class RocCurveTests
{
    [Theory]
    [InlineData("pairs", "pair_scores", "pair_roc")]
    [InlineData("pairs_tied", "pair_scores_tied", "pair_roc_tied")]
    public void Compute_GoldenPairs_EqualsReference(string key, string scores, string roc)
    {
        var curve = Golden(scores);
        var expected = Scalars(key);
        var points = GoldenArray.Floats("metrics", roc + ".npy");

        Assert.Equal(points.Length / 2, curve.Points.Length);
        for (var i = 0; i < curve.Points.Length; i++)
        {
            Assert.Equal(points[2 * i], curve.Points[i].FalsePositiveRate, 1e-6);
            Assert.Equal(points[(2 * i) + 1], curve.Points[i].TruePositiveRate, 1e-6);
        }

        Assert.Equal(expected("roc_auc"), curve.AreaUnderCurve, 1e-9);
    }

    [Theory]
    [InlineData("pairs", "pair_scores")]
    [InlineData("pairs_tied", "pair_scores_tied")]
    public void EqualErrorRate_GoldenPairs_EqualsReference(string key, string scores)
    {
        var (expected, rate) = (Scalars(key), EqualErrorRate.From(Golden(scores)));
        Assert.Equal(expected("eer"), rate.Rate, 1e-9);
        Assert.Equal(expected("eer_threshold"), rate.Threshold, 1e-9);
    }

    [Theory]
    [InlineData("pairs", "pair_scores")]
    [InlineData("pairs_tied", "pair_scores_tied")]
    public void DetectionCost_GoldenPairs_EqualsReference(string key, string scores)
    {
        var (expected, cost) = (Scalars(key), DetectionCost.From(Golden(scores)));
        Assert.Equal(expected("min_dcf"), cost.Minimum, 1e-9);
        Assert.Equal(expected("min_dcf_normalised"), cost.Normalised, 1e-9);
        Assert.Equal(expected("min_dcf_threshold"), cost.Threshold, 1e-9);
    }

    [Fact]
    public void Compute_AllScoresEqual_IsChance()
    {
        var curve = RocCurve.Compute([1, 1, 1, 1], [true, false, true, false]);
        Assert.Equal(0.5, curve.AreaUnderCurve);
        Assert.Equal(0.5, EqualErrorRate.From(curve).Rate);
    }

    [Fact]
    public void Compute_Perfect_HasNoError()
    {
        var curve = RocCurve.Compute([4, 3, 2, 1], [true, true, false, false]);
        Assert.Equal(1, curve.AreaUnderCurve);
        Assert.Equal(0, EqualErrorRate.From(curve).Rate);
        Assert.Equal(0, DetectionCost.From(curve).Minimum);
    }

    [Fact]
    public void Compute_OneKindMissing_Throws() => Assert.Throws<ArgumentException>(() => RocCurve.Compute([1, 2], [true, true]));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Compute_NonFiniteScore_NamesTheTrial(float bad) =>
        Assert.Contains("trial 1", Assert.Throws<ArgumentException>(() => RocCurve.Compute([1, bad], [true, false])).Message, StringComparison.Ordinal);

    [Fact]
    public void AtFalsePositiveRate_Limit_IsNotExceeded()
    {
        var curve = Golden("pair_scores");
        var point = curve.AtFalsePositiveRate(0.01);
        Assert.InRange(point.FalsePositiveRate, 0.009, 0.01);
        Assert.Equal(new(0, 0, double.PositiveInfinity), RocCurve.Compute([1, 2], [true, false]).AtFalsePositiveRate(0.5));
    }

    private static RocCurve Golden(string scores) =>
        RocCurve.Compute(GoldenArray.Floats("metrics", scores + ".npy"), Array.ConvertAll(GoldenArray.Integers("metrics", "pair_labels.npy"), label => label == 1));

    private static Func<string, double> Scalars(string key)
    {
        var json = JsonDocument.Parse(File.ReadAllText(ReferenceData.Golden("metrics", "metrics.json"))).RootElement.GetProperty(key);
        return name => json.GetProperty(name).GetDouble();
    }
}
