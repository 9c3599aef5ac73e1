using FaceVoice.Training.Data;
using FaceVoice.Training.Dual;
using FaceVoice.Training.Synthesis;

namespace FaceVoice.Training.Tests.Dual;

/// <summary>Against the best possible score on people never seen: the exact likelihood ratio on the same pairs.</summary>
public sealed class KnownOptimumTests : IDisposable
{
    private readonly TrainingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <summary>Within one per cent of the best area, where the area's own standard error on 1,000 people is about 0.2 %.</summary>
    [Theory]
    [InlineData("easy", FeatureMixing.Linear, 0.98)]
    [InlineData("realistic", FeatureMixing.Linear, 0.88)]
    public void Train_Preset_ComesWithinOnePercentOfTheOptimum(string preset, FeatureMixing mixing, double stated)
    {
        var population = SyntheticPresets.Get(preset) with { Identities = 16_000, SamplesPerIdentity = 4, FaceDimension = 24, VoiceDimension = 20, Mixing = mixing, Seed = 5 };
        var set = FeatureSynthesizer.Generate(population);
        var options = TrainingScene.Options with
        {
            BatchSize = 512,
            NumEpochs = 6,
            LearningRate = 2e-3,
            Hidden = [96],
            JointDimension = 48,
            Dropout = 0,
            EmaDecay = 0.995,
            ValidationSize = 0.15,
            LogEvery = 50,
        };
        var result = _scene.Train(options, set);

        var split = IdentitySplit.Create(set.Identities, options.ValidationSize, 0, options.Seed);
        var best = OracleAuc(split.Select(set, SplitPart.Validation));
        Assert.InRange(set.Oracle!.UncontrolledAuc, stated - 0.002, stated + 0.002);
        Assert.True(result.BestValidationAuc >= 0.99 * best, $"AUC {result.BestValidationAuc:F4}, best possible {best:F4}");
    }

    [Fact]
    public void Train_ShuffledPairs_StaysAtChance_AndStops()
    {
        var set = TrainingScene.WithShuffledVoices(TrainingScene.Easy);
        var result = _scene.Train(TrainingScene.Options with { NumEpochs = 30 }, set);
        Assert.Equal(TrainingOutcome.StuckAtChance, result.Outcome);
        Assert.InRange(result.BestValidationAuc, 0.4, 0.6);
    }

    private static double OracleAuc(FeatureSet set)
    {
        var people = set.Samples.ToArray().GroupBy(sample => sample.Identity).Select(group => group.First()).Take(1_500).ToArray();
        var (scores, labels) = (new List<float>(), new List<bool>());
        foreach (var face in people)
        {
            foreach (var voice in people)
            {
                scores.Add((float)set.Oracle!.LogLikelihoodRatio(face.FaceStart, voice.VoiceStart, genderKnownEqual: false));
                labels.Add(face.Identity == voice.Identity);
            }
        }

        return FaceVoice.Training.Metrics.RocCurve.Compute([.. scores], [.. labels]).AreaUnderCurve;
    }
}
