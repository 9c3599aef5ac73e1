using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Evaluation;

namespace FaceVoice.Training.Tests.Evaluation;

public sealed class CalibratorTests
{
    /// <summary>Scores N(1, 1) and N(-1, 1): the true logit is 2 s. 20,000 draws leave about 0.05 of doubt in the scale.</summary>
    [Fact]
    public void FitPlatt_NormalScores_FindsTheTrueLine()
    {
        var (scores, labels) = Draw(20_000);
        var line = Calibrator.FitPlatt(scores, labels);
        Assert.Equal(2, line.PlattScale, 0.15);
        Assert.Equal(0, line.PlattOffset, 0.1);
        Assert.True(Calibrator.LogLoss(scores, labels, line.Probability) < 0.37); // exact: (1 - 0.486 bit) ln 2 = 0.356
    }

    [Fact]
    public void FitPlatt_SeparableScores_StaysFinite()
    {
        var line = Calibrator.FitPlatt([0.9f, 0.8f, 0.1f, 0.2f], [true, true, false, false]);
        Assert.True(double.IsFinite(line.PlattScale) && line.PlattScale > 0);
        Assert.True(line.Probability(0.85) > 0.9 && line.Probability(0.15) < 0.1);
    }

    /// <summary>
    /// Half of the others are as like as any match: the true probability is 1 / (1 + 1/2 + exp(-2 s) / 2), which ends at 2/3 as no line does.
    /// </summary>
    [Fact]
    public void FitCeiling_HalfOfTheOthersAreOfTheGroup_LevelsOffAtTwoThirds()
    {
        var (scores, labels) = DrawOfGroups(20_000);
        var fit = Calibrator.FitCeiling(scores, labels);
        Assert.Equal(2.0 / 3, fit.PlattCeiling!.Value, 0.03);
        foreach (var score in new[] { -1.5, 0, 1.5, 4 })
        {
            Assert.Equal(1 / (1.5 + (Math.Exp(-2 * score) / 2)), fit.Probability(score), 0.03);
        }

        var line = Calibrator.FitPlatt(scores, labels);
        Assert.True(Calibrator.LogLoss(scores, labels, fit.Probability) < Calibrator.LogLoss(scores, labels, line.Probability) - 0.001);
    }

    [Fact]
    public void FitCeiling_NormalScores_StaysAtOne()
    {
        var (scores, labels) = Draw(20_000);
        Assert.InRange(Calibrator.FitCeiling(scores, labels).PlattCeiling!.Value, 0.98, 1);
    }

    [Fact]
    public void FitIsotonic_NoisyScores_RisesOnly()
    {
        var (scores, labels) = Draw(500);
        var steps = Calibrator.FitIsotonic(scores, labels);
        Assert.Equal(steps.Select(step => step[1]).Order(), steps.Select(step => step[1]));
        Assert.True(steps.Count > 3);
    }

    [Fact]
    public void FitIsotonic_TiedScores_StillRise()
    {
        var points = Calibrator.FitIsotonic([0.1f, 0.1f, 0.1f, 0.5f, 0.5f, 0.9f], [false, true, false, true, false, true]);
        Assert.Equal(points.Select(point => point[0]).Distinct().Order(), points.Select(point => point[0]));
        Assert.Equal(3, points.Count);
    }

    [Fact]
    public void LogLoss_KnowingNothing_IsLn2() => Assert.Equal(Math.Log(2), Calibrator.LogLoss([0.1f, 0.2f, 0.3f], [true, false, false], _ => 0.5), 1e-12);

    private static (float[] Scores, bool[] Labels) DrawOfGroups(int n)
    {
        var random = new RandomSource(3);
        var labels = Enumerable.Range(0, n).Select(i => i % 2 == 0).ToArray();
        return ([.. labels.Select((isMatch, i) => (float)((isMatch || i % 4 == 1 ? 1 : -1) + random.NextNormal()))], labels);
    }

    private static (float[] Scores, bool[] Labels) Draw(int n)
    {
        var random = new RandomSource(2);
        var labels = Enumerable.Range(0, n).Select(i => i % 2 == 0).ToArray();
        return ([.. labels.Select(label => (float)((label ? 1 : -1) + random.NextNormal()))], labels);
    }
}
