using System.Text.Json.Nodes;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Training.Evaluation;
using FaceVoice.Training.Heads;

namespace FaceVoice.Training.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EvaluationOptions Quick = new() { BootstrapReplicates = 50 };

    [Fact]
    public void Evaluate_PerfectEmbeddings_HasPerfectFigures()
    {
        var report = new Evaluator(Quick).Evaluate("model", "made up", Set(noise: 0, people: 40), Set(noise: 0, people: 20));
        Assert.Equal(1, report.Uncontrolled.Verification.Auc.Estimate, 1e-9);
        Assert.Equal(1, report.GenderControlled!.FaceToVoice.Retrieval.MeanAveragePrecision.Estimate, 1e-9);
        Assert.Equal(1, report.Uncontrolled.VoiceToFace.Matching.Single(m => m.Candidates == 10).Accuracy.Estimate);
        Assert.True(report.Calibration!.ChosenLogLoss < 0.05);
    }

    [Fact]
    public void Evaluate_GenderAlone_IsGoodAgainstAnybody_AndChanceAgainstTheSameGender()
    {
        var report = new Evaluator(Quick).Evaluate("model", "made up", Set(noise: double.PositiveInfinity, people: 80, gender: 3), null);
        Assert.InRange(report.Uncontrolled.Verification.Auc.Estimate, 0.7, 0.8); // three quarters: half the others are of another gender
        Assert.InRange(report.GenderControlled!.Verification.Auc.Estimate, 0.42, 0.58);
        Assert.InRange(report.GenderControlled.FaceToVoice.Matching.Single(m => m.Candidates == 2).Accuracy.Estimate, 0.4, 0.6);
        Assert.InRange(report.ShuffledAuc, 0.4, 0.6);
    }

    /// <summary>
    /// A model that knows gender alone: probabilities end near 2/3, and hold on validation people that they were not fitted on.
    /// </summary>
    [Fact]
    public void Evaluate_GenderAlone_ProbabilitiesMeetTheShareOfMatches()
    {
        var options = Quick with { Positives = PositiveRelation.Gender };
        var people = Set(noise: double.PositiveInfinity, people: 60, gender: 1.5);
        var report = new Evaluator(options).Evaluate("model", "made up", people, people);
        Assert.InRange(report.Calibration!.ValidationGap!.Value, 0, 0.05);
        Assert.InRange(report.Calibration.Chosen.Probability(1), 0.55, 0.75);
        Assert.InRange(report.Calibration.Chosen.Probability(-1), 0, 0.2);
    }

    /// <summary>Women score lower, are fewer, and have more samples each: none of that tells one woman from another.</summary>
    [Fact]
    public void Evaluate_OneGenderScoresLowerAndHasMoreSamples_IsChanceAgainstTheSameGender()
    {
        var random = new RandomSource(9);
        var (rows, samples, people) = (new List<float>(), new List<FeatureSample>(), new List<IdentityRecord>());
        for (var p = 0; p < 60; p++)
        {
            var isWoman = p % 3 == 0;
            people.Add(new($"p{p}", isWoman ? "f" : "m"));
            var angle = (isWoman ? 0.8 : 0.1) + (0.3 * random.NextDouble()); // voices lie at +angle, faces at -angle
            for (var s = 0; s < (isWoman ? 4 : 1); s++)
            {
                samples.Add(new($"p{p}_{s}", p, samples.Count, 1, samples.Count, 1));
                rows.AddRange([(float)Math.Cos(angle), (float)Math.Sin(angle)]);
            }
        }

        float[] mirrored = [.. rows.Select((value, i) => i % 2 == 0 ? value : -value)];
        FeatureSet set = new([.. people], [.. samples], new(mirrored, 2, "joint"), new([.. rows], 2, "joint"));
        var controlled = new Evaluator(Quick).Evaluate("m", "d", set, null).GenderControlled!.Verification;
        Assert.InRange(controlled.Auc.Estimate, 0.48, 0.52);
        Assert.Equal((20 * 16) + 40, controlled.Matches);
    }

    [Fact]
    public void Evaluate_Noise_FallsWithIt_AndAveragingHelps()
    {
        var report = new Evaluator(Quick).Evaluate("model", "made up", Set(noise: 1.2, people: 100), null);
        Assert.InRange(report.Uncontrolled.Verification.Auc.Estimate, 0.6, 0.99);
        var (one, four) = (report.FacesByVoices.Single(p => p is { Faces: 1, Voices: 1 }), report.FacesByVoices.Single(p => p is { Faces: 4, Voices: 4 }));
        Assert.True(four.Auc > one.Auc + 0.02);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluate_NonFiniteEmbedding_LeavesTheSampleOutAndNamesIt(bool inValidation)
    {
        var (whole, broken) = (Set(noise: 0, people: 5), WithNan(Set(noise: 0, people: 5), values: 1));
        var report = inValidation ? new Evaluator(Quick).Evaluate("m", "d", whole, broken) : new Evaluator(Quick).Evaluate("m", "d", broken, whole);
        Assert.Equal(inValidation ? 20 : 19, report.Samples);
        Assert.Contains(report.Limits, limit => limit.Contains("p0_0", StringComparison.Ordinal) && limit.Contains("not finite", StringComparison.Ordinal));
        Assert.True(double.IsFinite(report.Uncontrolled.Verification.Auc.Estimate));
        Assert.True(double.IsFinite(report.Calibration!.ChosenLogLoss));
    }

    [Fact]
    public void Evaluate_NothingFinite_SaysSo()
    {
        var error = Assert.Throws<InvalidDataException>(() => new Evaluator(Quick).Evaluate("m", "d", WithNan(Set(noise: 0, people: 5), values: 5 * 4 * 16), null));
        Assert.Contains("20 samples left out, not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_OnePerson_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => new Evaluator(Quick).Evaluate("m", "d", Set(noise: 0, people: 1), null));

    [Fact]
    public void Html_Report_IsOneFileWithItsCurves_AndEscapes()
    {
        var report = new Evaluator(Quick).Evaluate("model", "<script>alert(1)</script>", Set(noise: 1, people: 40), Set(noise: 1, people: 20));
        var html = HtmlReport.Render(report);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.True(html.Split("<svg").Length - 1 >= 6);
        Assert.Equal(report.Uncontrolled.Verification.Auc.Estimate, (double)JsonNode.Parse(report.ToJson().ToJsonString())!["uncontrolled"]!["verification"]!["auc"]!["estimate"]!, 1e-12);
    }

    [Fact]
    public void Evaluate_ScoreNormalization_NeedsACohort() =>
        Assert.Throws<InvalidDataException>(() => new Evaluator(Quick with { ScoreNormalization = true }).Evaluate("m", "d", Set(noise: 1, people: 10), null));

    [Fact]
    public void WithAcquaintances_PeopleOfTheTraining_WarnsInTextJsonAndHtml()
    {
        var set = Set(noise: 0, people: 20);
        var division = IdentitySplit.Create(set.Identities, 0.2, 0.2, seed: 1);
        var report = new Evaluator(Quick).Evaluate("m", "d", set, null).WithAcquaintances(set, division);
        const string warning = "WARNING: 12 of 20 people are in the model&#39;s training part";
        Assert.Equal((12, 4), (report.PeopleOfTraining, report.PeopleOfValidation));
        Assert.StartsWith(System.Net.WebUtility.HtmlDecode(warning), report.Limits[0], StringComparison.Ordinal);
        Assert.Contains(warning, HtmlReport.Render(report), StringComparison.Ordinal);
        Assert.Equal(12, (int)report.ToJson()["people_of_training"]!);

        var test = division.Select(set, SplitPart.Test);
        Assert.DoesNotContain(new Evaluator(Quick).Evaluate("m", "d", test, null).WithAcquaintances(test, division).Limits, limit => limit.Contains("WARNING", StringComparison.Ordinal));
        Assert.Contains(report.WithAcquaintances(set, null).Limits, limit => limit.Contains("not known whom", StringComparison.Ordinal));
    }

    private static FeatureSet WithNan(FeatureSet set, int values)
    {
        var faces = set.Faces.Values.ToArray();
        faces.AsSpan(0, values).Fill(float.NaN);
        return set.WithFeatures(new(faces, set.Faces.Dimension, "joint"), set.Voices);
    }

    /// <summary>Four samples a person; embeddings = person + gender + noise on either side.</summary>
    [Fact]
    public void Evaluate_SomePeopleOfUnknownGender_LeavesThemOutOfTheFiguresThatGoByGender()
    {
        var set = Set(noise: double.PositiveInfinity, people: 80, gender: 3);
        var people = set.Identities.Select((person, i) => i < 6 ? person with { Gender = null } : person).ToArray();
        var report = new Evaluator(Quick).Evaluate("m", "d", new(people, set.Samples, set.Faces, set.Voices), null);
        Assert.InRange(report.GenderControlled!.Verification.Auc.Estimate, 0.42, 0.58);
        Assert.True(report.GenderAssociation!.Value.Estimate > 0.95);
        Assert.Contains("6 of 80 people are of unknown gender: they are left out of the figures that go by gender", report.Limits);

        var nobody = set.Identities.Select(person => person with { Gender = null }).ToArray();
        var blind = new Evaluator(Quick).Evaluate("m", "d", new(nobody, set.Samples, set.Faces, set.Voices), null);
        Assert.Null(blind.GenderControlled);
        Assert.Contains(blind.Limits, limit => limit.StartsWith("genders are not known", StringComparison.Ordinal));
    }

    private static FeatureSet Set(double noise, int people, double gender = 0.5)
    {
        const int width = 16;
        var random = new RandomSource(5);
        var (faces, voices) = (new List<float>(), new List<float>());
        var samples = new List<FeatureSample>();
        for (var p = 0; p < people; p++)
        {
            var own = Enumerable.Range(0, width).Select(_ => random.NextNormal()).ToArray();
            for (var s = 0; s < 4; s++)
            {
                samples.Add(new($"p{p}_{s}", p, samples.Count, 1, samples.Count, 1));
                faces.AddRange(Row(own, p));
                voices.AddRange(Row(own, p));
            }
        }

        var identities = Enumerable.Range(0, people).Select(p => new IdentityRecord($"p{p}", p % 2 == 0 ? "f" : "m")).ToArray();
        return new(identities, [.. samples], new([.. faces], width, "joint"), new([.. voices], width, "joint"));

        IEnumerable<float> Row(double[] own, int p)
        {
            var row = own.Select((x, d) => (double.IsInfinity(noise) ? random.NextNormal() : x + (noise * random.NextNormal())) + (d == 0 ? gender * (p % 2 == 0 ? -2 : 2) : 0)).ToArray();
            var norm = Math.Sqrt(row.Sum(x => x * x));
            return row.Select(x => (float)(x / norm));
        }
    }
}
