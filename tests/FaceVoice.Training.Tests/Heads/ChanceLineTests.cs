using FaceVoice.Training.Heads;
using FaceVoice.Training.Networks.Joint;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Heads;

/// <summary>What a display calls "knowing nothing" must be what the loss of a model is that knows nothing.</summary>
public sealed class ChanceLineTests : IDisposable
{
    private readonly TrainingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Of_InfoNce_IsTheLogarithmOfTheCandidates()
    {
        using var scope = NewDisposeScope();
        using var loss = new InfoNceLoss();
        Assert.Equal(Math.Log(16), ChanceLine.Of(loss, randn(16, 8), arange(16, ScalarType.Int64), null, null), 1e-6);
    }

    /// <summary>Eight of each gender: a row has itself, seven of its gender that count four times, and eight others.</summary>
    [Fact]
    public void Of_HeavierNegatives_CountsThem()
    {
        using var scope = NewDisposeScope();
        using var loss = new InfoNceLoss(new() { SameGroupWeight = 4 });
        var genders = arange(16, ScalarType.Int64).remainder(2);
        Assert.Equal(Math.Log(1 + (4 * 7) + 8), ChanceLine.Of(loss, randn(16, 8), arange(16, ScalarType.Int64), genders, null), 1e-5);
    }

    /// <summary>One positive and 15 negatives of weight 1: the best constant answer is 1/16.</summary>
    [Fact]
    public void Of_Sigmoid_IsTheBestConstantAnswer()
    {
        using var scope = NewDisposeScope();
        using var loss = new SigmoidLoss();
        var expected = -(Math.Log(1 / 16.0) + (15 * Math.Log(15 / 16.0)));
        Assert.Equal(expected, ChanceLine.Of(loss, randn(16, 8), arange(16, ScalarType.Int64), null, null), 1e-4);
    }

    /// <summary>The queue is empty in the first step; from the second on it holds candidates.</summary>
    [Fact]
    public void Train_Queue_CountsOnlyWhatWasInIt()
    {
        _scene.Train(TrainingScene.Options with { NumEpochs = 1, QueueSize = 64, BatchSize = 64, LogEvery = 1 }, TrainingScene.Easy);
        var steps = RunLog.Read(Path.Combine(_scene.Run("run"), "log.jsonl")).Where(line => (string?)line["event"] == "step").Take(2).ToList();
        Assert.Equal(Math.Log(64), RunLog.Number(steps[0], "chance_loss")!.Value, 1e-4);
        Assert.Equal(Math.Log(128), RunLog.Number(steps[1], "chance_loss")!.Value, 1e-4);
    }

    /// <summary>Heads that do not move and a high temperature give all candidates nearly the same score: the loss is the chance line's.</summary>
    [Fact]
    public void Train_HeavierNegatives_AnUntrainedModelIsAtTheLine()
    {
        _scene.Train(
            TrainingScene.Options with { NumEpochs = 1, SameGenderWeight = 8, Temperature = 2, LearningRate = 1e-9, MinLearningRate = 0, EmaDecay = 0 }, TrainingScene.Easy);
        var epoch = RunLog.Read(Path.Combine(_scene.Run("run"), "log.jsonl")).First(line => (string?)line["event"] == "epoch");
        var (loss, chance) = (RunLog.Number(epoch, "loss")!.Value, RunLog.Number(epoch, "chance_loss")!.Value);
        Assert.Equal(chance, loss, 0.03 * chance);
        Assert.True(chance > Math.Log(64) + 1, $"{chance}");
    }
}
