using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Tests.Heads;
using FaceVoice.Training.Tests.Speaker;

namespace FaceVoice.Training.Tests.Runs;

/// <summary>
/// Runs that were broken off by the version before TorchSharp (LibTorch 1.13 behind a binding of its own) go on as that version would have gone on.
/// The folder Earlier holds its checkpoints: of heads after 16 of 36 steps and at the end, and of a speaker encoder after 6 of 10 steps.
/// </summary>
public sealed class EarlierRunTests : IDisposable
{
    private readonly TrainingScene _scene = new();

    private static readonly DualTrainingOptions Heads = new()
    {
        BatchSize = 32,
        NumEpochs = 4,
        LearningRate = 3e-3,
        Hidden = [8],
        JointDimension = 4,
        Dropout = 0,
        EmaDecay = 0.9,
        QueueSize = 32,
        WarmupSteps = 5,
        ValidationSize = 0.2,
        TestSize = 0,
        LogEvery = 5,
        ChancePatience = 0,
    };

    private static readonly SpeakerTrainerOptions Speaker = new()
    {
        Network = new() { Channels = [4, 4], Blocks = [1, 1], AttentionChannels = 4, EmbeddingSize = 8 },
        BatchSize = 8,
        Steps = 10,
        CropSeconds = 0.5,
        ValidationSeconds = 0.5,
        ValidateEvery = 5,
        LogEvery = 1,
        Threads = 1,
        LearningRate = 0.01,
        WarmUp = 0.1,
        ValidationSpeakers = 3,
    };

    private static readonly FeatureSet People = FeatureSynthesizer.Generate(
        SyntheticPresets.Get("easy") with { Identities = 120, SamplesPerIdentity = 3, FaceDimension = 12, VoiceDimension = 10, PrivateDimensions = 2 });

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Heads_Resumed_EndWhereTheEarlierVersionEnded()
    {
        PutCheckpoint("heads-middle.safetensors");
        Assert.Equal(TrainingOutcome.Completed, _scene.Train(Heads, People, resume: true).Outcome);

        var actual = SafeTensorsFile.Read(Path.Combine(_scene.Run("run"), "checkpoints", "last.safetensors")).Tensors;
        var expected = SafeTensorsFile.Read(Fixture("heads-end.safetensors")).Tensors;
        // Rates and decay are no longer part of it.
        Assert.Equal(expected.Keys.Where(name => !name.StartsWith("optimizer.group.", StringComparison.Ordinal)).Order(), actual.Keys.Order());
        Assert.All(actual.Values.Where(tensor => tensor.ElementType == TensorElementType.Float32), tensor =>
            Assert.All(tensor.Floats.ToArray().Zip(expected[tensor.Name].Floats.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-3f)));
        Assert.Equal(36, actual["optimizer.state.0.step"].Integers.Span[0]);
    }

    /// <summary>Losses of steps 7 to 10 as that version logged them when it resumed.</summary>
    [Fact]
    public void SpeakerEncoder_Resumed_LosesWhatTheEarlierVersionLost()
    {
        double[] expected = [22.284635543823242, 15.497498512268066, 19.128976821899414, 16.28736114501953];
        PutCheckpoint("speaker-middle.safetensors");
        var run = ResumeSpeaker(Speaker, expectedSteps: 6);
        var losses = RunLog.Read(run.LogFile).Where(line => (string?)line["event"] == "step").Select(line => RunLog.Number(line, "loss")!.Value).ToArray();
        Assert.Equal(4, losses.Length);
        Assert.All(losses.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 0.01 * pair.Second));
    }

    [Theory]
    [InlineData("optimizer.state.0.exp_avg", "optimizer.state.0.momentum_buffer")]
    [InlineData("model.face_head.fc1.weight", "model.face_head.fc9.weight")]
    public void Checkpoint_OfSomethingElse_IsRefusedWithWhatToDo(string name, string otherName)
    {
        PutCheckpoint("heads-middle.safetensors");
        var path = Path.Combine(_scene.Run("run"), "checkpoints", "last.safetensors");
        var file = SafeTensorsFile.Read(path);
        new SafeTensorsFile(file.Tensors.Values.Select(tensor => tensor.Name == name ? tensor.WithName(otherName) : tensor), file.Metadata).Write(path);

        RequireRefusal(() => _scene.Train(Heads, People, resume: true));
    }

    [Fact]
    public void SpeakerCheckpoint_OfOtherSettings_IsRefusedWithWhatToDo()
    {
        PutCheckpoint("speaker-middle.safetensors");
        RequireRefusal(() => ResumeSpeaker(Speaker with { Optimizer = SpeakerOptimizer.Sgd }));
        RequireRefusal(() => ResumeSpeaker(Speaker with { Network = Speaker.Network with { EmbeddingSize = 9 } }));
    }

    /// <summary>A disk that was full, a copy that was broken off, a file of another kind under the name.</summary>
    [Fact]
    public void Checkpoint_Damaged_IsRefusedWithWhatToDo()
    {
        PutCheckpoint("heads-middle.safetensors");
        var path = Path.Combine(_scene.Run("run"), "checkpoints", "last.safetensors");
        var whole = File.ReadAllBytes(path);
        foreach (var damaged in new byte[][] { [], whole[..100], whole[..(whole.Length / 2)], [.. "PK"u8, .. whole] })
        {
            File.WriteAllBytes(path, damaged);
            RequireRefusal(() => _scene.Train(Heads, People, resume: true));
        }
    }

    private static void RequireRefusal(Action resume)
    {
        var error = Assert.Throws<ModelFormatException>(resume);
        Assert.Contains("cannot be gone on with", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start anew in another folder", error.Message, StringComparison.Ordinal);
    }

    private RunFolder ResumeSpeaker(SpeakerTrainerOptions options, long? expectedSteps = null)
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        var (training, validation) = speakers.Data.HoldOut(options.ValidationSpeakers, 4, options.Seed);
        using var trainingAudio = speakers.Open(training);
        using var validationAudio = speakers.Open(validation);
        var run = RunFolder.Open(_scene.Run("run"));
        using var trainer = new SpeakerTrainer(options, run, training, trainingAudio, (validation, validationAudio), observer: null, resume: true);
        Assert.Equal(expectedSteps, trainer.StepsDone);
        trainer.Run(TestContext.Current.CancellationToken);
        return run;
    }

    private static string Fixture(string name) => RepositoryPaths.Of("tests", "FaceVoice.Training.Tests", "Runs", "Earlier", name);

    private void PutCheckpoint(string name)
    {
        var run = RunFolder.Create(_scene.Run("run"));
        File.WriteAllText(run.LogFile, "");
        File.Copy(Fixture(name), Path.Combine(run.Checkpoints, "last.safetensors"));
    }
}
