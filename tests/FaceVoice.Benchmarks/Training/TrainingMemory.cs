using System.Globalization;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Randomness;
using FaceVoice.Datasets.Synthesis;
using FaceVoice.Training.Heads;
using FaceVoice.Training.Runs;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Audio;
using FaceVoice.Training.Speaker.Data;

namespace FaceVoice.Benchmarks.Training;

/// <summary>
/// Resident memory of <c>train</c> and of <c>speaker train</c>, read every 500 steps: both trainers as the commands run them (log, event files,
/// checkpoints, validation), on synthetic data. What each has grown by since step 500 is printed at the end, as Markdown.
/// </summary>
internal sealed class TrainingMemory : ITrainingObserver<StepProgress, EpochSummary>, ITrainingObserver<SpeakerTrainingProgress, SpeakerValidation>
{
    private const int Every = 500;
    private readonly List<(long Step, double Megabytes)> _readings = [];

    /// <summary>Runs it: <c>training-memory heads|xvector|resnet [STEPS]</c>; one case a process, so that none stands on another's memory.</summary>
    public static int Run(string[] args)
    {
        var steps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5_500;
        var folder = Directory.CreateTempSubdirectory("facevoice-memory-").FullName;
        var memory = new TrainingMemory();
        try
        {
            switch (args.FirstOrDefault())
            {
                case "heads":
                    memory.TrainHeads(folder, steps);
                    break;
                case "xvector":
                    memory.TrainSpeaker(folder, steps, SpeakerArchitecture.XVector);
                    break;
                case "resnet":
                    memory.TrainSpeaker(folder, steps, SpeakerArchitecture.ResNet);
                    break;
                default:
                    Console.Error.WriteLine("training-memory heads|xvector|resnet [STEPS]");
                    return 2;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var after = memory._readings.Where(reading => reading.Step >= Every).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{args[0]}: {after.Max(r => r.Megabytes) - after[0].Megabytes:F1} MB at most above step {after[0].Step}"));
        return 0;
    }

    public void OnProgress(StepProgress progress) => Read(((long)progress.Epoch * progress.Batches) + progress.Batch);

    public void OnProgress(SpeakerTrainingProgress progress) => Read(progress.Step);

    public void OnValidation(EpochSummary validation)
    {
    }

    public void OnValidation(SpeakerValidation validation)
    {
    }

    public void OnNotice(string line) => Console.Error.WriteLine(line);

    private void TrainHeads(string folder, int steps)
    {
        var people = FeatureSynthesizer.Generate(SyntheticPresets.Get("easy") with { Identities = 3_000, SamplesPerIdentity = 4, FaceDimension = 512, VoiceDimension = 512 });
        var options = new DualTrainingOptions { BatchSize = 64, Hidden = [128], JointDimension = 64, QueueSize = 256, EmaDecay = 0.99, LogEvery = 10, ChancePatience = 0, EarlyStoppingPatience = 0, TestSize = 0 };
        var split = IdentitySplit.Create(people.Identities, options.ValidationSize, options.TestSize, options.Seed);
        var batches = split.Select(people, SplitPart.Train).Samples.Length / options.BatchSize;
        using var trainer = new DualTrainer(options with { NumEpochs = (steps / batches) + 1 }, people, split, RunFolder.Create(Path.Combine(folder, "run")), this);
        trainer.Train(resume: false);
    }

    private void TrainSpeaker(string folder, int steps, SpeakerArchitecture architecture)
    {
        for (var file = 0; file < 60; file++)
        {
            Directory.CreateDirectory(Path.Combine(folder, "data", $"s{file / 5}"));
            File.WriteAllText(Path.Combine(folder, "data", $"s{file / 5}", $"u{file % 5}.wav"), "");
        }

        var options = new SpeakerTrainerOptions
        {
            Architecture = architecture,
            XVector = new() { Channels = [64, 64, 64, 64, 192], EmbeddingDimension = 64 },
            Network = new() { Channels = [8, 16], Blocks = [1, 1], AttentionChannels = 16, EmbeddingSize = 32 },
            BatchSize = 16,
            Steps = steps,
            CropSeconds = 1,
            ValidationSeconds = 1,
            ValidationSpeakers = 3,
            LogEvery = 10,
            Threads = 1,
        };
        var (training, validation) = SpeakerDataset.Open(Path.Combine(folder, "data")).HoldOut(options.ValidationSpeakers, 4, options.Seed);
        using var trainingAudio = Decode(training, folder);
        using var validationAudio = Decode(validation, folder);
        using var trainer = new SpeakerTrainer(
            options, RunFolder.Create(Path.Combine(folder, "run")), training, trainingAudio, (validation, validationAudio), this);
        trainer.Run();
    }

    /// <summary>Two seconds of noise a file: memory does not depend on what is heard.</summary>
    private static AudioCache Decode(SpeakerDataset data, string folder) => new AudioCacheBuilder(
        Path.Combine(folder, "cache"),
        (path, _) =>
        {
            var random = RandomSource.Derive(1, (ulong)path.Length);
            return Task.FromResult<ReadOnlyMemory<float>>(Enumerable.Range(0, 32_000).Select(_ => (float)(0.1 * random.NextNormal())).ToArray());
        },
        _ => false).BuildAsync(data, 1).GetAwaiter().GetResult();

    private void Read(long step)
    {
        if (step / Every == (_readings.Count == 0 ? 0 : _readings[^1].Step / Every))
        {
            return;
        }

        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        _readings.Add((step, kilobytes * 1024 / 1e6));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {step} | {_readings[^1].Megabytes:F1} |"));
    }
}
