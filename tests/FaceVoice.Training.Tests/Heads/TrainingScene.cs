using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Tests.Heads;

/// <summary>A real training of a second or two: small features, small heads, a run folder that goes away.</summary>
internal sealed class TrainingScene : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("facevoice-training-").FullName;

    public static DualTrainingOptions Options { get; } = new()
    {
        BatchSize = 64,
        NumEpochs = 6,
        LearningRate = 3e-3,
        Hidden = [48],
        JointDimension = 16,
        WarmupSteps = 10,
        ValidationSize = 0.2,
        TestSize = 0,
        LogEvery = 5,
    };

    /// <summary>Easy data: 400 people, features of 24 values.</summary>
    public static SyntheticFeatureOptions Population { get; } =
        SyntheticPresets.Get("easy") with { Identities = 400, SamplesPerIdentity = 3, FaceDimension = 24, VoiceDimension = 20, PrivateDimensions = 3 };

    public static FeatureSet Easy { get; } = FeatureSynthesizer.Generate(Population);

    public string Run(string name) => Path.Combine(Folder, name);

    /// <summary>Trains from the start, or goes on.</summary>
    public TrainingResult Train(
        DualTrainingOptions options, FeatureSet set, string name = "run", bool resume = false, ITrainingObserver<StepProgress, EpochSummary>? observer = null, CancellationToken token = default)
    {
        var run = resume ? RunFolder.Open(Run(name)) : RunFolder.Create(Run(name));
        var split = IdentitySplit.Create(set.Identities, options.ValidationSize, options.TestSize, options.Seed);
        using var trainer = new DualTrainer(options, set, split, run, observer);
        return trainer.Train(resume, token);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The same set with other face features.</summary>
    public static FeatureSet WithFaces(FeatureSet set, Action<float[]> change)
    {
        var faces = set.Faces.Values.ToArray();
        change(faces);
        return set.WithFeatures(new(faces, set.Faces.Dimension, set.Faces.Encoder), set.Voices);
    }

    /// <summary>The same set with voices dealt out anew: whose voice is whose is lost.</summary>
    public static FeatureSet WithShuffledVoices(FeatureSet set)
    {
        var rows = Enumerable.Range(0, set.Voices.Rows).ToArray();
        new RandomSource(99).Shuffle(rows.AsSpan());
        var voices = rows.SelectMany(row => set.Voices.Row(row).ToArray()).ToArray();
        return set.WithFeatures(set.Faces, new(voices, set.Voices.Dimension, set.Voices.Encoder));
    }
}
