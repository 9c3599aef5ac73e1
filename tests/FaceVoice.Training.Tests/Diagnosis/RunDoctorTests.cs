using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Training.Diagnosis;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Tests.Heads;

namespace FaceVoice.Training.Tests.Diagnosis;

/// <summary>Each fault is put into a real training; the doctor has to find it from the log alone.</summary>
public sealed class RunDoctorTests : IDisposable
{
    private static readonly DualTrainingOptions Options = TrainingScene.Options with { NumEpochs = 5, ChancePatience = 2, LogEvery = 1_000 };
    private readonly TrainingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Examine_HealthyRun_HasNoErrors()
    {
        var diagnosis = Diagnose(Options, TrainingScene.Easy);
        Assert.False(diagnosis.HasErrors, diagnosis.ToText());
        Assert.Contains("validation AUC", diagnosis.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_UnrelatedPairs_IsStuckAtChance() =>
        Expect("stuck_at_chance", Diagnose(Options with { LearningRate = 1e-4 }, TrainingScene.WithShuffledVoices(TrainingScene.Easy)));

    [Fact]
    public void Examine_PairsLearntByHeart_AreOutOfStep() => Expect(
        "pairs_out_of_step",
        Diagnose(Options with { NumEpochs = 15, LearningRate = 6e-3, ChancePatience = 0, EarlyStoppingPatience = 0, Hidden = [256], Dropout = 0, WeightDecay = 0 }, TrainingScene.WithShuffledVoices(TrainingScene.Easy)));

    [Fact]
    public void Examine_NanInInputs_NamesTheSamples()
    {
        var set = TrainingScene.WithFaces(TrainingScene.Easy, faces => faces[5] = float.NaN);
        var finding = Expect("nan_from_inputs", Diagnose(Options, set));
        Assert.Contains("person000000_0", finding.Symptom, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.face_head.fc1.weight", "fc1.weight", "nan_from_head")]
    [InlineData("model.loss.log_temperature", "log_temperature", "nan_from_loss")]
    public void Examine_BrokenWeight_IsFoundWhereItIs(string tensor, string named, string code)
    {
        _scene.Train(Options with { NumEpochs = 1 }, TrainingScene.Easy);
        BreakCheckpoint(tensor);
        var result = _scene.Train(Options, TrainingScene.Easy, resume: true);
        Assert.Equal(TrainingOutcome.NonFinite, result.Outcome);
        Assert.Contains(named, result.Message, StringComparison.Ordinal);
        Expect(code, RunDoctor.Examine(_scene.Run("run")));
    }

    [Fact]
    public void Examine_HugeRate_IsTooHigh()
    {
        var diagnosis = Diagnose(Options with { LearningRate = 10, GradClipNorm = 0, WarmupSteps = 0 }, TrainingScene.Easy);
        Assert.Contains(diagnosis.Findings, finding => finding.Code is "learning_rate_too_high" or "nan_from_loss" or "collapse");
    }

    /// <summary>With clipping and warm-up, as anybody would run it.</summary>
    [Fact]
    public void Examine_RateOfTenWithDefaults_IsTooHigh() => Expect("learning_rate_too_high", Diagnose(Options with { LearningRate = 10 }, TrainingScene.Easy));

    [Fact]
    public void Examine_TinyRate_IsTooLow() => Expect(
        "learning_rate_too_low", Diagnose(Options with { LearningRate = 1e-8, MinLearningRate = 0, ChancePatience = 4 }, TrainingScene.Easy));

    [Fact]
    public void Examine_ConstantFaces_AreIgnored() =>
        Expect("face_ignored", Diagnose(Options, TrainingScene.WithFaces(TrainingScene.Easy, faces => faces.AsSpan().Fill(0.5f))));

    [Fact]
    public void Examine_FewPeople_Overfit()
    {
        var set = FeatureSynthesizer.Generate(SyntheticPresets.Get("realistic") with { Identities = 260, SamplesPerIdentity = 4, FaceDimension = 64, VoiceDimension = 64, PrivateDimensions = 50 });
        Expect("overfitting", Diagnose(Options with { NumEpochs = 20, EarlyStoppingPatience = 0, ValidationSize = 0.5, Dropout = 0, Hidden = [128] }, set));
    }

    [Fact]
    public void Examine_GenderAlone_IsCalledGenderOnly()
    {
        var set = FeatureSynthesizer.Generate(TrainingScene.Population with { Identities = 600, Correlation = 0, GenderNoise = 0.2 });
        Expect("gender_only", Diagnose(Options, set));
    }

    [Fact]
    public void Examine_FewPeopleInABatch_IsNoticed() =>
        Expect("few_identities_per_batch", Diagnose(Options with { BatchSize = 32, ClipsPerIdentity = 16, NumEpochs = 1 }, ManyClips()));

    /// <summary>Faces and voices that agree in a dozen coordinates almost to the last digit: no honest data are so easy.</summary>
    [Fact]
    public void Examine_VoicesThatGiveTheFaceAway_LooksLikeLeakage()
    {
        var set = FeatureSynthesizer.Generate(TrainingScene.Population with { SharedDimensions = 12, PrivateDimensions = 1, Correlation = 0.998, GenderNoise = 0.1, PersonShare = 0 });
        Expect("leakage", Diagnose(Options with { NumEpochs = 8 }, set));
    }

    [Fact]
    public void Examine_EasyNegatives_PinTheTemperature() => Expect(
        "temperature_pinned",
        Diagnose(Options with { BatchSize = 8, NumEpochs = 4, Temperature = 0.06, LearningRate = 1e-2, Schedule = LearningRateDecay.Constant }, FeatureSynthesizer.Generate(TrainingScene.Population with { Correlation = 0.995 })));

    [Fact]
    public void ToJson_Diagnosis_CarriesTheCurve()
    {
        var json = Diagnose(Options with { LearningRate = 1e-4 }, TrainingScene.WithShuffledVoices(TrainingScene.Easy)).ToJson();
        Assert.NotEmpty(json["findings"]![0]!["curve"]!["values"]!.AsArray());
    }

    /// <summary>Puts a NaN into a stored weight, and lets the run go on from there.</summary>
    private void BreakCheckpoint(string tensorName)
    {
        var path = Path.Combine(_scene.Run("run"), "checkpoints", "last.safetensors");
        var file = Models.SafeTensorsFile.Read(path);
        var tensors = file.Tensors.Values.Select(tensor =>
        {
            if (tensor.Name != tensorName)
            {
                return tensor;
            }

            var values = tensor.Floats.ToArray();
            values[0] = float.NaN;
            return new(tensor.Name, [.. tensor.Shape], values);
        });
        var metadata = file.Metadata.ToDictionary(entry => entry.Key, entry => entry.Key == "state" ? entry.Value.Replace("\"finished\": true", "\"finished\": false", StringComparison.Ordinal) : entry.Value);
        new Models.SafeTensorsFile(tensors, metadata).Write(path);
    }

    private static FeatureSet ManyClips() => FeatureSynthesizer.Generate(TrainingScene.Population with { Identities = 40, SamplesPerIdentity = 16 });

    private static Finding Expect(string code, RunDiagnosis diagnosis)
    {
        var finding = diagnosis.Findings.FirstOrDefault(finding => finding.Code == code);
        Assert.True(finding is not null, $"no {code} in: {diagnosis.ToText()}");
        return finding;
    }

    private RunDiagnosis Diagnose(DualTrainingOptions options, FeatureSet set)
    {
        _scene.Train(options, set);
        return RunDoctor.Examine(_scene.Run("run"));
    }
}
