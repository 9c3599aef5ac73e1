using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Models;
using FaceVoice.Training.Export;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Export;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Heads;

/// <summary>The speaker encoder trained together with the heads: spectra in which every person has a colour of voice of their own.</summary>
public sealed class SpeakerTowerTests : IDisposable
{
    private const int Bands = 80;
    private const int Frames = 16;
    private const int FaceDimension = 12;
    private readonly TrainingScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Train_WithTheSpeakerEncoder_LearnsAndChangesIt()
    {
        var weights = SaveNetwork(seed: 5);
        var options = Options(weights) with { NumEpochs = 8 };
        var tuned = _scene.Train(options, People(120), "tuned");
        Assert.True(tuned.BestValidationAuc > 0.9, tuned.Message);

        var before = SafeTensorsFile.Read(weights).Tensors;
        var after = HeadCheckpoint.Open(Path.Combine(_scene.Run("tuned"), "checkpoints")).Speaker!;
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.False(before["linear.weight"].Floats.Span.SequenceEqual(after["linear.weight"].Floats.Span));
        Assert.True(before["stem_bn.running_mean"].Floats.Span.SequenceEqual(after["stem_bn.running_mean"].Floats.Span), "the statistics stay");
        var step = RunLog.Read(Path.Combine(_scene.Run("tuned"), "log.jsonl")).First(line => (string?)line["event"] == "step");
        Assert.True(RunLog.Number(step, "gradient_norm_speaker_encoder") > 0);
    }

    [Fact]
    public void Train_CancelledAndResumed_EqualsTheUnbrokenRunBitForBit()
    {
        var options = Options(SaveNetwork(seed: 5)) with { NumEpochs = 2, EmaDecay = 0.9 };
        _scene.Train(options, People(60), "unbroken");
        using var stop = new CancellationTokenSource();
        Assert.Equal(TrainingOutcome.Cancelled, _scene.Train(options, People(60), "broken", observer: new StopAfter(stop, step: 4), token: stop.Token).Outcome);
        Assert.Equal(TrainingOutcome.Completed, _scene.Train(options, People(60), "broken", resume: true).Outcome);
        var (expected, actual) = (Tensors("unbroken"), Tensors("broken"));
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.Contains("speaker_export.linear.weight", expected.Keys);
        Assert.All(expected.Values.Where(tensor => tensor.ElementType == TensorElementType.Float32), tensor =>
            Assert.True(tensor.Floats.Span.SequenceEqual(actual[tensor.Name].Floats.Span), tensor.Name));
    }

    [Fact]
    public void Train_SpectraThatAreNone_IsRefused()
    {
        var options = Options(SaveNetwork(seed: 5));
        var error = Assert.Throws<InvalidDataException>(() => _scene.Train(options, TrainingScene.Easy));
        Assert.Contains("log-mels of 80 bands", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TunedEncoder_IsABundleOfItsOwn()
    {
        var weights = SaveNetwork(seed: 5);
        _scene.Train(Options(weights) with { NumEpochs = 1 }, People(60), "tuned");
        var origin = Bundle(weights, "origin");
        TunedSpeaker.RequireSame(weights, origin);
        Assert.Throws<ModelFormatException>(() => TunedSpeaker.RequireSame(SaveNetwork(seed: 6), origin));

        var checkpoint = HeadCheckpoint.Open(Path.Combine(_scene.Run("tuned"), "checkpoints"));
        var tuned = TunedSpeaker.Write(checkpoint, origin, _scene.Run("speaker"));
        Assert.NotEqual(origin.Manifest.Encoders.Speaker!.Sha256, tuned.Manifest.Encoders.Speaker!.Sha256);
        Assert.Contains("trained on, together with projection heads", tuned.Manifest.Training["speaker"].Notes, StringComparison.Ordinal);
        var whole = HeadBundle.Write(checkpoint, _scene.Run("model"), new() { Name = "tuned", Data = "made up", SpeakerBundle = tuned });
        Assert.Equal(tuned.Manifest.Encoders.Speaker!.Sha256, whole.Manifest.Encoders.Speaker!.Sha256);
        Assert.Throws<FileNotFoundException>(() => TunedSpeaker.FindWeights(_scene.Run("nowhere")));
    }

    [Theory]
    [InlineData("xvector")]
    [InlineData("ecapa")]
    [InlineData("resnet")]
    public void Load_AnyArchitecture_GivesTheSameEmbedding(string architecture)
    {
        torch.manual_seed(3);
        using SpeakerNetwork network = architecture switch
        {
            "xvector" => new XVector(new() { Channels = [8, 8, 8, 8, 16], EmbeddingDimension = 12 }),
            "ecapa" => new EcapaTdnn(new() { Channels = [16, 16, 16, 16, 24], AttentionChannels = 8, SqueezeChannels = 8, EmbeddingDimension = 12 }),
            _ => new SpeakerResNet(new() { Channels = [4, 8, 12], Blocks = [2, 1, 3], AttentionChannels = 8, EmbeddingSize = 10 }),
        };
        network.eval();
        using var loaded = SpeakerNetworkLoader.Load(network.SaveWeights().ToDictionary(tensor => tensor.Name));
        loaded.eval();
        using var scope = torch.NewDisposeScope();
        var features = torch.randn([2, 60, network.MelBins]);
        Assert.Equal(network.forward(features).ToArray<float>(), loaded.forward(features).ToArray<float>());
    }

    private static DualTrainingOptions Options(string weights) => TrainingScene.Options with
    {
        BatchSize = 32,
        LearningRate = 3e-3,
        TrainSpeakerEncoder = weights,
        SpeakerLearningRate = 3e-3,
        LogEvery = 1,
    };

    private string SaveNetwork(long seed)
    {
        torch.manual_seed(seed);
        using var network = new SpeakerResNet(new() { Channels = [4, 8], Blocks = [1, 1], AttentionChannels = 8, EmbeddingSize = 16 });
        var path = Path.Combine(_scene.Folder, $"weights-{seed}.safetensors");
        new SafeTensorsFile(network.SaveWeights(), new Dictionary<string, string>()).Write(path);
        return path;
    }

    private ModelBundle Bundle(string weights, string name) => SpeakerBundleWriter.Write(
        SpeakerExporter.Export("resnet", SafeTensorsFile.Read(weights).Tensors), new() { Directory = _scene.Run(name), Training = new() });

    private Dictionary<string, NamedTensor> Tensors(string run) =>
        SafeTensorsFile.Read(Path.Combine(_scene.Run(run), "checkpoints", "last.safetensors")).Tensors.ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>Three samples a person: the person's spectrum at every frame, and noise; a face that is another mixture of the same hidden values.</summary>
    private static FeatureSet People(int count)
    {
        var random = new RandomSource(17);
        const int Hidden = 6, SamplesEach = 3;
        var (toFace, toVoice) = (Gaussians(random, Hidden * FaceDimension), Gaussians(random, Hidden * Bands));
        var (faces, voices, samples) = (new List<float>(), new List<float>(), new List<FeatureSample>());
        for (var person = 0; person < count; person++)
        {
            var hidden = Gaussians(random, Hidden);
            for (var sample = 0; sample < SamplesEach; sample++)
            {
                samples.Add(new($"p{person}_{sample}", person, samples.Count, 1, samples.Count, 1));
                faces.AddRange(Mix(hidden, toFace, FaceDimension).Select(value => value + (0.2f * (float)random.NextNormal())));
                var spectrum = Mix(hidden, toVoice, Bands);
                voices.AddRange(Enumerable.Range(0, Bands * Frames).Select(i => (4 * spectrum[i / Frames] * MathF.Sin(i % Frames)) + (float)random.NextNormal()));
            }
        }

        return new([.. Enumerable.Range(0, count).Select(i => new IdentityRecord($"p{i}"))], [.. samples], new([.. faces], FaceDimension, "made up"), new([.. voices], Bands * Frames, "made up"));
    }

    private static float[] Gaussians(RandomSource random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];

    private static float[] Mix(float[] hidden, float[] matrix, int width) =>
        [.. Enumerable.Range(0, width).Select(column => Enumerable.Range(0, hidden.Length).Sum(i => hidden[i] * matrix[(i * width) + column]) / MathF.Sqrt(hidden.Length))];
}
