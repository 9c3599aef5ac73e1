using FaceVoice.Inference.Voices;
using FaceVoice.Models;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Augmentation;
using FaceVoice.Training.Speaker.Evaluation;
using Xunit;

namespace FaceVoice.Training.Tests.Speaker;

public sealed class SpeakerTrainerTests
{
    private static readonly SpeakerTrainerOptions Small = new()
    {
        Network = new() { Channels = [4, 8], Blocks = [1, 1], AttentionChannels = 8, EmbeddingSize = 16 },
        BatchSize = 8,
        Steps = 10,
        CropSeconds = 0.5,
        ValidationSeconds = 0.5,
        ValidateEvery = 5,
        CheckpointEvery = 3,
        LogEvery = 1,
        Threads = 1,
        LearningRate = 0.01,
        WarmUp = 0.1,
        ValidationSpeakers = 3,
    };

    [Fact]
    public void Run_BrokenOffAndResumed_EqualsUnbroken()
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        var options = Small with { Accumulation = 2 };
        var unbroken = Train(speakers, options, "unbroken", new Observer());

        Assert.Throws<TestCrashException>(() => Train(speakers, options, "broken", new Observer { CrashAt = 8 }));
        var resumed = Train(speakers, options, "broken", new Observer(), resume: true);

        AssertSameTensors(Last(speakers, "unbroken"), Last(speakers, "broken"));
        Assert.Equal(unbroken with { Weights = "" }, resumed with { Weights = "" });
    }

    [Fact]
    public void Run_Cancelled_LeavesACheckpointThatGoesOn()
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(
            speakers, Small, "cancelled", new Observer { OnStep = step => Cancel(step, cancellation) }, cancellationToken: cancellation.Token));

        Assert.Equal(10, Train(speakers, Small, "cancelled", new Observer(), resume: true).Steps);
    }

    [Fact]
    public void Run_DistinctVoices_LearnsAndExports()
    {
        using var speakers = new SyntheticSpeakers(11, 4);
        var observer = new Observer();
        var options = Small with { Steps = 60, ValidateEvery = 30, Augmentation = AugmentationOptions.None, MarginFull = 1 };

        var result = Train(speakers, options, "learns", observer);

        Assert.True(observer.Last!.Accuracy > 0.5, $"accuracy {observer.Last.Accuracy}");
        Assert.True(observer.Last.Loss < observer.Last.ChanceLoss);
        var onnx = Path.Combine(speakers.Root, "speaker.onnx");
        SpeakerTrainingRun.Export(result.Weights, onnx);
        using var encoder = new SpeakerEncoder(onnx);
        using var audio = speakers.Open();
        var report = new SpeakerEvaluator(encoder, new() { Lengths = [0.5, 3, 0], EnrolmentSeconds = 1, Replicates = 20, Jobs = 1 })
            .Evaluate(speakers.Data, audio, (speakers.Data, audio), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([0.5, null], report.ByLength.Where(r => !r.Joined).Select(r => r.Seconds));
        Assert.Equal(11 * 6, report.ByLength[0].TargetTrials);
        Assert.NotNull(report.ByLength[0].Normalised);
        Assert.Equal([1, 3], report.ByEnrolment.Select(r => r.EnrolmentClips));
        Assert.Equal(11, report.ByEnrolment[1].TargetTrials);
        Assert.InRange(report.ByLength[^1].Cosine.EqualErrorRate.Estimate, 0, 0.35);
        Assert.Contains("\"by_length\"", report.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SpeakerArchitecture.XVector)]
    [InlineData(SpeakerArchitecture.Ecapa)]
    public void Run_OtherNetwork_TrainsResumesAndExports(SpeakerArchitecture architecture)
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        var options = Small with
        {
            Architecture = architecture,
            XVector = new() { Channels = [8, 8, 8, 8, 16], EmbeddingDimension = 12 },
            Ecapa = new() { Channels = [16, 16, 16, 16, 24], AttentionChannels = 8, SqueezeChannels = 8, EmbeddingDimension = 12 },
        };
        Train(speakers, options, "unbroken", new Observer());
        Assert.Throws<TestCrashException>(() => Train(speakers, options, "broken", new Observer { CrashAt = 8 }));
        var result = Train(speakers, options, "broken", new Observer(), resume: true);
        AssertSameTensors(Last(speakers, "unbroken"), Last(speakers, "broken"));

        // Which network it is, the exporter tells by the weights.
        var onnx = Path.Combine(speakers.Root, "speaker.onnx");
        SpeakerTrainingRun.Export(result.Weights, onnx);
        using var encoder = new SpeakerEncoder(onnx);
        Assert.Equal(12, encoder.Encode(SyntheticSpeakers.Sound(1, 9, 16_000)).Length);
    }

    [Fact]
    public void Run_FromAnEarlierRun_StartsWithWhatThatLearnt()
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        var (fresh, initial) = (new Observer(), new Observer());
        var first = Small with { Steps = 40, Augmentation = AugmentationOptions.None, Margin = 0 };
        Train(speakers, first, "first", fresh);
        Train(speakers, first with { Steps = 1, ValidateEvery = 1, Seed = 2, InitialRun = Path.Combine(speakers.Root, "first") }, "second", initial);
        Assert.InRange(initial.Last!.Loss, 0, 0.6 * initial.Last.ChanceLoss);

        var wider = Small with { Network = Small.Network with { Channels = [4, 12] }, InitialRun = Path.Combine(speakers.Root, "first") };
        var error = Assert.Throws<ModelFormatException>(() => Train(speakers, wider, "wider", new Observer()));
        Assert.Contains("is of another network", error.Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => Train(speakers, Small with { InitialRun = speakers.Root }, "none", new Observer()));
    }

    [Fact]
    public void Run_LearningRateWithoutBounds_StopsAndTellsWhere()
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        var observer = new Observer();
        var mad = Small with { LearningRate = 1e30, ClipNorm = 1e30, Optimizer = SpeakerOptimizer.Sgd, WarmUp = 0, NonFinitePatience = 3, Steps = 30, ValidateEvery = 1_000 };

        var error = Assert.Throws<SpeakerTrainingException>(() => Train(speakers, mad, "mad", observer));

        Assert.Contains("3 steps in a row", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, observer.Warnings.Count);
        Assert.Equal(3, RunLog.Read(Path.Combine(speakers.Root, "mad", "log.jsonl")).Count(line => (string?)line["event"] == "non_finite"));
    }

    /// <summary>Two steps before the interruption and one after it are three in a row.</summary>
    [Fact]
    public void Run_NotFiniteBeforeAndAfterAnInterruption_StopsAsUnbroken()
    {
        using var speakers = new SyntheticSpeakers(7, 4);
        using var cancellation = new CancellationTokenSource();
        var silence = Small with { NonFinitePatience = 3, Scale = 3e38 };
        var observer = new Observer { OnSkip = count => CancelAt(2, count, cancellation) };
        Assert.ThrowsAny<OperationCanceledException>(() => Train(speakers, silence, "skips", observer, cancellationToken: cancellation.Token));

        var error = Assert.Throws<SpeakerTrainingException>(() => Train(speakers, silence, "skips", new Observer(), resume: true));

        Assert.Contains("3 steps in a row", error.Message, StringComparison.Ordinal);
        Assert.Contains("began at step 1 in the loss", error.Message, StringComparison.Ordinal);
    }

    private static void CancelAt(int wanted, int count, CancellationTokenSource cancellation)
    {
        if (count == wanted)
        {
            cancellation.Cancel();
        }
    }

    private static void Cancel(long step, CancellationTokenSource cancellation)
    {
        if (step == 4)
        {
            cancellation.Cancel();
        }
    }

    private static SpeakerTrainingResult Train(
        SyntheticSpeakers speakers, SpeakerTrainerOptions options, string name, Observer observer, bool resume = false, CancellationToken cancellationToken = default)
    {
        var folder = Path.Combine(speakers.Root, name);
        var run = resume ? RunFolder.Open(folder) : RunFolder.Create(folder);
        var (training, validation) = speakers.Data.HoldOut(options.ValidationSpeakers, 4, options.Seed);
        using var trainingAudio = speakers.Open(training);
        using var validationAudio = speakers.Open(validation);
        using var trainer = new SpeakerTrainer(options, run, training, trainingAudio, (validation, validationAudio), observer, resume);
        return trainer.Run(cancellationToken);
    }

    private static SafeTensorsFile Last(SyntheticSpeakers speakers, string name) =>
        SafeTensorsFile.Read(Path.Combine(speakers.Root, name, "checkpoints", "last.safetensors"));

    private static void AssertSameTensors(SafeTensorsFile expected, SafeTensorsFile actual)
    {
        Assert.Equal(expected.Tensors.Keys, actual.Tensors.Keys);
        foreach (var tensor in expected.Tensors.Values.Where(t => t.ElementType == TensorElementType.Float32))
        {
            Assert.True(tensor.Floats.Span.SequenceEqual(actual.Tensors[tensor.Name].Floats.Span), tensor.Name);
        }
    }

    private sealed class TestCrashException : Exception;

    private sealed class Observer : ITrainingObserver<SpeakerTrainingProgress, SpeakerValidation>
    {
        public long CrashAt { get; init; } = -1;

        public Action<long>? OnStep { get; init; }

        public SpeakerTrainingProgress? Last { get; private set; }

        public List<string> Warnings { get; } = [];

        public void OnProgress(SpeakerTrainingProgress progress)
        {
            Last = progress;
            OnStep?.Invoke(progress.Step);
            if (progress.Step == CrashAt)
            {
                throw new TestCrashException();
            }
        }

        public void OnValidation(SpeakerValidation validation) => Assert.InRange(validation.EqualErrorRate, 0, 1);

        public Action<int>? OnSkip { get; init; }

        public void OnNotice(string line)
        {
            Warnings.Add(line);
            OnSkip?.Invoke(Warnings.Count);
        }
    }
}
