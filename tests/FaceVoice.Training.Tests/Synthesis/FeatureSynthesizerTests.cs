using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Training.Metrics;

namespace FaceVoice.Training.Tests.Synthesis;

public sealed class FeatureSynthesizerTests
{
    /// <summary>The stated areas hold within 0.004: 0.002 for the Monte Carlo run, 0.002 for the rounding of the preset's constants.</summary>
    [Theory]
    [InlineData("easy", 0.98, 0.965)]
    [InlineData("realistic", 0.88, 0.77)]
    [InlineData("hard", 0.65, 0.60)]
    public void Presets_BestArea_IsAsStated(string name, double uncontrolled, double controlled)
    {
        var optimum = new SyntheticOptimum(SyntheticPresets.Get(name));
        Assert.Equal(uncontrolled, optimum.UncontrolledAuc, 0.004);
        Assert.Equal(controlled, optimum.GenderControlledAuc, 0.004);
    }

    /// <summary>Computed apart from this code, with 400,000 couples: 0.9634, 0.7664, 0.5725.</summary>
    [Theory]
    [InlineData("easy", 0.9634)]
    [InlineData("realistic", 0.7664)]
    [InlineData("hard", 0.5725)]
    public void Presets_BestScoreAgainstAnybody_IsNotTheBestAgainstTheSameGender(string name, double area)
    {
        var optimum = new SyntheticOptimum(SyntheticPresets.Get(name));
        Assert.Equal(area, optimum.GenderControlledAucOfUncontrolledScore, 0.004);
        Assert.True(optimum.GenderControlledAucOfUncontrolledScore < optimum.GenderControlledAuc);
    }

    /// <summary>With one shared coordinate and no gender the ratio rises with the product alone once both sides have equal size; the area has a second way of being counted: by sorting drawn features.</summary>
    [Fact]
    public void LogLikelihoodRatio_OnDrawnPeople_ReachesTheStatedArea()
    {
        var options = SyntheticPresets.Get("realistic") with { Identities = 1_500, SamplesPerIdentity = 1, FaceDimension = 16, VoiceDimension = 16 };
        var set = FeatureSynthesizer.Generate(options);
        var (scores, labels) = (new List<float>(), new List<bool>());
        for (var i = 0; i < 1_500; i++)
        {
            for (var j = 0; j < 1_500; j += i == j ? 1 : 7)
            {
                scores.Add((float)set.Oracle!.LogLikelihoodRatio(i, j, genderKnownEqual: false));
                labels.Add(i == j);
            }

            scores.Add((float)set.Oracle!.LogLikelihoodRatio(i, i, genderKnownEqual: false));
            labels.Add(true);
        }

        var area = RocCurve.Compute([.. scores], [.. labels]).AreaUnderCurve;
        Assert.Equal(set.Oracle!.UncontrolledAuc, area, 0.02); // four standard errors with 1,500 matches
    }

    /// <summary>No linear score can beat the ratio: neither the plain product nor the distance of the true coordinates.</summary>
    [Fact]
    public void LogLikelihoodRatio_AgainstSimplerScores_IsNeverBeaten()
    {
        var optimum = new SyntheticOptimum(SyntheticPresets.Get("realistic"));
        var random = new FaceVoice.Datasets.Randomness.RandomSource(4);
        var (best, product, labels) = (new List<float>(), new List<float>(), new List<bool>());
        for (var t = 0; t < 40_000; t++)
        {
            var match = t % 2 == 0;
            var (face, voice) = (new float[5], new float[5]);
            for (var d = 0; d < 4; d++)
            {
                var z = random.NextNormal();
                face[d] = (float)z;
                voice[d] = (float)(((match ? 0.4841 : 0) * z) + (Math.Sqrt(match ? 1 - (0.4841 * 0.4841) : 1) * random.NextNormal()));
            }

            var gender = random.NextInt(2) == 0 ? -1 : 1;
            face[4] = (float)(gender + (0.4173 * random.NextNormal()));
            voice[4] = (float)((match ? gender : random.NextInt(2) == 0 ? -1 : 1) + (0.4173 * random.NextNormal()));
            best.Add((float)optimum.LogLikelihoodRatio(face, voice, sameGender: false));
            product.Add(face.Zip(voice, (f, v) => f * v).Sum());
            labels.Add(match);
        }

        Assert.True(Area(best) > Area(product) + 0.005);

        double Area(List<float> scores) => RocCurve.Compute([.. scores], [.. labels]).AreaUnderCurve;
    }

    [Fact]
    public void Generate_SameOptions_SameBits()
    {
        var options = SyntheticPresets.Get("hard") with { Identities = 20, Mixing = FeatureMixing.NonLinear };
        Assert.Equal(FeatureSynthesizer.Generate(options).Faces.Values.ToArray(), FeatureSynthesizer.Generate(options).Faces.Values.ToArray());
        Assert.NotEqual(FeatureSynthesizer.Generate(options).Faces.Values.ToArray(), FeatureSynthesizer.Generate(options with { Seed = 2 }).Faces.Values.ToArray());
    }

    [Fact]
    public void Generate_TooManyCoordinates_IsRefused() =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => FeatureSynthesizer.Generate(new() { FaceDimension = 8, PrivateDimensions = 20 }));

    [Fact]
    public void Save_Load_KeepsFeaturesAndOracle()
    {
        var folder = Directory.CreateTempSubdirectory("facevoice-features-").FullName;
        try
        {
            var set = FeatureSynthesizer.Generate(SyntheticPresets.Get("easy") with { Identities = 5, FaceDimension = 16, VoiceDimension = 14 });
            FeatureFolder.Save(set, folder);
            var read = FeatureFolder.Load(folder);
            Assert.Equal(set.Faces.Values.ToArray(), read.Faces.Values.ToArray());
            Assert.Equal(set.Samples.ToArray(), read.Samples.ToArray());
            Assert.Equal(set.Identities, read.Identities);
            Assert.Equal(set.Oracle!.LogLikelihoodRatio(3, 7, false), read.Oracle!.LogLikelihoodRatio(3, 7, false));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
