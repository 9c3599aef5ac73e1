using FaceVoice.Datasets.Features;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Heads;

public sealed class DualTrainerTests : IDisposable
{
    private readonly TrainingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Train_EasyData_LearnsAndSaysSoBesideChance()
    {
        var result = _scene.Train(TrainingScene.Options, TrainingScene.Easy);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.True(result.BestValidationAuc > 0.9, result.Message);

        var lines = RunLog.Read(Path.Combine(_scene.Run("run"), "log.jsonl"));
        var step = lines.First(line => (string?)line["event"] == "step");
        Assert.Equal(Math.Log(64), RunLog.Number(step, "chance_loss")!.Value, 1e-9);
        Assert.InRange(RunLog.Number(step, "chance_recall_at_1")!.Value, 1 / 64.0, 1 / 50.0);
        var epoch = lines.Last(line => (string?)line["event"] == "epoch");
        Assert.InRange(RunLog.Number(epoch, "validation_auc_shuffled")!.Value, 0.4, 0.6);
        Assert.True(RunLog.Number(epoch, "validation_effective_rank_face") > 2);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_scene.Run("run"), "tensorboard")));
    }

    /// <summary>Choosing a batch takes as long for wide features as for narrow ones; only fetching its rows does not.</summary>
    [Fact]
    public void Train_WideFeatures_SpendLongerOnTheirData()
    {
        const int Width = 16_384;
        var easy = TrainingScene.Easy;
        var wide = new float[easy.Faces.Rows * Width];
        for (var row = 0; row < easy.Faces.Rows; row++)
        {
            easy.Faces.Row(row).CopyTo(wide.AsSpan(row * Width));
        }

        var options = TrainingScene.Options with { NumEpochs = 1, Hidden = [], JointDimension = 2, LogEvery = 1 };
        _scene.Train(options, easy, "narrow");
        _scene.Train(options, easy.WithFeatures(new(wide, Width, easy.Faces.Encoder), easy.Voices), "wide");
        var (narrow, broad) = (DataTime("narrow"), DataTime("wide"));
        Assert.True(broad > 2 * narrow, $"{narrow} ms, {broad} ms");

        double DataTime(string run)
        {
            var times = RunLog.Read(Path.Combine(_scene.Run(run), "log.jsonl")).Where(line => (string?)line["event"] == "step")
                .Select(line => RunLog.Number(line, "data_ms")!.Value).Order().ToArray();
            return times[times.Length / 2];
        }
    }

    /// <summary>The dropout, the queue, the running mean and the order of the batches all have to be where they were.</summary>
    [Fact]
    public void Train_CancelledAndResumed_EqualsTheUnbrokenRunBitForBit()
    {
        var options = TrainingScene.Options with { NumEpochs = 3, EmaDecay = 0.9, QueueSize = 128, AccumulationSteps = 2, Dropout = 0.2 };
        _scene.Train(options, TrainingScene.Easy, "unbroken");
        using var stop = new CancellationTokenSource();
        var first = _scene.Train(options, TrainingScene.Easy, "broken", observer: new StopAfter(stop, step: 20), token: stop.Token);
        Assert.Equal(TrainingOutcome.Cancelled, first.Outcome);
        Assert.Contains("--resume", first.Message, StringComparison.Ordinal);
        var second = _scene.Train(options, TrainingScene.Easy, "broken", resume: true);
        Assert.Equal(TrainingOutcome.Completed, second.Outcome);

        foreach (var name in new[] { "last.safetensors", "best.safetensors" })
        {
            var (expected, actual) = (Tensors("unbroken", name), Tensors("broken", name));
            Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
            Assert.All(expected, entry => Assert.Equal(entry.Value, actual[entry.Key]));
        }
    }

    /// <summary>That the rate is too low shows after three epochs: those before the interruption count.</summary>
    [Fact]
    public void Train_CancelledAndResumed_WarnsAsTheUnbrokenRun()
    {
        var options = TrainingScene.Options with { NumEpochs = 4, LearningRate = 1e-6, ChancePatience = 0, Schedule = LearningRateDecay.Constant };
        var set = TrainingScene.WithShuffledVoices(TrainingScene.Easy);
        var unbroken = _scene.Train(options, set, "unbroken");
        Assert.Contains(unbroken.Warnings, warning => warning.Code == "learning_rate_too_low");
        using var stop = new CancellationTokenSource();
        _scene.Train(options, set, "broken", observer: new StopAfter(stop, step: 35), token: stop.Token);
        Assert.Equal(unbroken.Warnings, _scene.Train(options, set, "broken", resume: true).Warnings);
    }

    [Theory]
    [InlineData(ContrastiveLossKind.Sigmoid, LearningRateDecay.Constant, 1.0)]
    [InlineData(ContrastiveLossKind.InfoNce, LearningRateDecay.Plateau, 2.0)]
    public void Train_OtherSettings_Learns(ContrastiveLossKind loss, LearningRateDecay schedule, double sameGenderWeight)
    {
        var options = TrainingScene.Options with
        {
            Loss = loss,
            Schedule = schedule,
            SameGenderWeight = sameGenderWeight,
            HardNegatives = 0.3,
            ClipsPerIdentity = 2,
            LabelSmoothing = 0.05,
        };
        Assert.True(_scene.Train(options, TrainingScene.Easy).BestValidationAuc > 0.85);
    }

    [Fact]
    public void Train_NoHiddenLayer_Learns() =>
        Assert.True(_scene.Train(TrainingScene.Options with { Hidden = [] }, TrainingScene.Easy).BestValidationAuc > 0.9);

    [Fact]
    public void Train_NanInOneSample_SkipsItsSteps_AndNamesIt()
    {
        var set = TrainingScene.WithFaces(TrainingScene.Easy, faces => faces[5] = float.NaN);
        var result = _scene.Train(TrainingScene.Options with { NumEpochs = 2 }, set);
        Assert.InRange(result.Skipped["input"], 1, 2);
        var skip = RunLog.Read(Path.Combine(_scene.Run("run"), "log.jsonl")).First(line => (string?)line["event"] == "skip");
        Assert.Equal(["person000000_0"], skip["samples"]!.AsArray().Select(id => (string?)id));
        Assert.True(result.BestValidationAuc > 0.8);
    }

    /// <summary>A voice may meet the face of another sample of its person; the one that is named is the voice's own.</summary>
    [Fact]
    public void Train_NanInOneVoice_NamesTheSampleThatItIsOf()
    {
        var voices = TrainingScene.Easy.Voices.Values.ToArray();
        voices[1 * TrainingScene.Easy.Voices.Dimension] = float.NaN;
        var set = TrainingScene.Easy.WithFeatures(TrainingScene.Easy.Faces, new(voices, TrainingScene.Easy.Voices.Dimension, "synthetic"));
        Assert.True(_scene.Train(TrainingScene.Options with { NumEpochs = 4 }, set).Skipped["input"] > 0);
        var skips = RunLog.Read(Path.Combine(_scene.Run("run"), "log.jsonl")).Where(line => (string?)line["event"] == "skip").ToList();
        Assert.NotEmpty(skips);
        Assert.All(skips, skip => Assert.Equal(["person000000_1"], skip["samples"]!.AsArray().Select(id => (string?)id)));
    }

    [Fact]
    public void Train_NanEverywhere_StopsAndKeepsWhatWas()
    {
        var set = TrainingScene.WithFaces(TrainingScene.Easy, faces =>
        {
            for (var i = 0; i < faces.Length; i += 240)
            {
                faces[i] = float.PositiveInfinity;
            }
        });
        var result = _scene.Train(TrainingScene.Options with { NonfinitePatience = 4 }, set);
        Assert.Equal(TrainingOutcome.NonFinite, result.Outcome);
        Assert.Contains("began at step 0", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_NanInOnePercentOfSamples_EndsWithAMessageThatNamesThePlace()
    {
        var set = TrainingScene.WithFaces(TrainingScene.Easy, faces =>
        {
            for (var sample = 0; sample < 1_200; sample += 100)
            {
                faces[sample * 24] = float.NaN;
            }
        });
        var result = _scene.Train(TrainingScene.Options with { BatchSize = 400, NonfinitePatience = 3 }, set);
        Assert.Equal(TrainingOutcome.NonFinite, result.Outcome);
        Assert.Contains("face features", result.Message, StringComparison.Ordinal);
    }

    /// <summary>People, not the two genders, say how sure the figures are: such a run is not at chance.</summary>
    [Fact]
    public void Train_ByGender_LearnsAndItsControlIsAtChance()
    {
        var result = _scene.Train(TrainingScene.Options with { Positives = PositiveRelation.Gender }, TrainingScene.Easy);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.True(result.BestValidationAuc > 0.9, result.Message);
        var epoch = RunLog.Read(Path.Combine(_scene.Run("run"), "log.jsonl")).Last(line => (string?)line["event"] == "epoch");
        Assert.InRange(RunLog.Number(epoch, "validation_auc_shuffled")!.Value, 0.3, 0.7);
        Assert.True(double.IsFinite(RunLog.Number(epoch, "recall_at_1")!.Value));
    }

    [Fact]
    public void Train_LogOnAFullDisk_FailsWithTheReason()
    {
        var run = RunFolder.Create(_scene.Run("full"));
        File.CreateSymbolicLink(run.LogFile, "/dev/full");
        var error = Record.Exception(() =>
        {
            using var trainer = new DualTrainer(TrainingScene.Options, TrainingScene.Easy, IdentitySplit.Create(TrainingScene.Easy.Identities, 0.2, 0, 1), run);
            trainer.Train(resume: false, TestContext.Current.CancellationToken);
        });
        Assert.IsType<IOException>(error);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
    }

    /// <summary>bfloat16 was there once: a run that was started with it is told what to do.</summary>
    [Theory]
    [InlineData("bfloat16")]
    [InlineData("tf32")]
    public void Options_ShortPrecisionOnACpu_IsRefused(string precision)
    {
        var error = Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => (TrainingScene.Options with { Precision = precision }).Validate());
        Assert.Contains("float32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AHandfulOfPeople_SaysThatItProvesNothing()
    {
        var few = TrainingScene.Easy.Select([.. Enumerable.Range(0, 18)]);
        var result = _scene.Train(TrainingScene.Options with { NumEpochs = 1, ValidationSize = 0 }, few);
        Assert.Contains(result.Warnings, warning => warning.Code == "few_people");
        Assert.Contains(result.Warnings, warning => warning.Code == "no_validation");
    }

    [Fact]
    public void Train_OneIdentity_IsRefusedWithItsCount()
    {
        var one = TrainingScene.Easy.Select([0, 1, 2]);
        var error = Assert.Throws<InvalidDataException>(() => _scene.Train(TrainingScene.Options with { ValidationSize = 0 }, one));
        Assert.Contains("at least two identities", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumeWithoutCheckpoint_IsRefused()
    {
        var run = RunFolder.Create(_scene.Run("empty"));
        File.WriteAllText(run.LogFile, "");
        Assert.Throws<InvalidDataException>(() => _scene.Train(TrainingScene.Options, TrainingScene.Easy, "empty", resume: true));
    }

    private Dictionary<string, float[]> Tensors(string run, string name) =>
        Models.SafeTensorsFile.Read(Path.Combine(_scene.Run(run), "checkpoints", name)).Tensors
            .Where(entry => entry.Value.ElementType == Models.TensorElementType.Float32).ToDictionary(entry => entry.Key, entry => entry.Value.Floats.ToArray());
}
