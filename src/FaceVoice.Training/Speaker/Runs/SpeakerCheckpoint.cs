using System.Text.Json;
using FaceVoice.Models;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Speaker.Runs;

/// <summary>One safetensors file with everything that a run needs to go on, replaced as a whole: a killed process leaves the old one or the new one.</summary>
internal static class SpeakerCheckpoint
{
    /// <summary>The file of the best weights in a run's folder.</summary>
    public const string WeightsFile = "speaker.safetensors";

    /// <summary>The file of the last checkpoint among a run's checkpoints.</summary>
    public const string LastFile = "last.safetensors";

    private const string Network = "network.";
    private const string Classifier = "classifier.";
    private const string Optimizer = "optimizer.";
    private const string Random = "random_state";

    public static void Save(string path, SpeakerNetwork network, Module classifier, OptimizerHelper optimizer, TrainingPosition position)
    {
        using var scope = torch.NewDisposeScope();
        var tensors = network.SaveWeights(Network)
            .Concat(classifier.SaveWeights(Classifier))
            .Concat(optimizer.SaveState(Optimizer))
            .Append(torch.get_rng_state().ToNamedTensor(Random));
        new SafeTensorsFile(tensors, new Dictionary<string, string>
        {
            ["position"] = JsonSerializer.Serialize(position, SpeakerRunJson.Default.TrainingPosition),
            ["network"] = Sizes(network),
        }).Write(path);
    }

    public static TrainingPosition Load(string path, SpeakerNetwork network, Module classifier, OptimizerHelper optimizer)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            var file = SafeTensorsFile.Read(path);
            network.LoadWeights(file.Tensors.Section(Network));
            classifier.LoadWeights(file.Tensors.Section(Classifier));
            optimizer.LoadState(file.Tensors.Section(Optimizer));
            torch.set_rng_state(file.Tensors[Random].ToTensor().to(ScalarType.Byte));
            return JsonSerializer.Deserialize(file.Metadata["position"], SpeakerRunJson.Default.TrainingPosition)!;
        }
        catch (Exception error) when (error is ModelFormatException or KeyNotFoundException or JsonException)
        {
            throw RunFolder.CannotResume(path, error);
        }
    }

    /// <summary>Takes over what an earlier run learnt: its best network, and its last classifier where that knows as many classes.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no weights.</exception>
    /// <exception cref="ModelFormatException">The weights are of another network.</exception>
    public static void LoadLearnt(RunFolder run, SpeakerNetwork network, Module classifier)
    {
        var path = Path.Combine(run.Root, WeightsFile);
        var weights = File.Exists(path)
            ? SafeTensorsFile.Read(path).Tensors
            : throw new FileNotFoundException($"{run.Root} holds no {WeightsFile}: it is no run of 'facevoice speaker train', or one that never got to a validation.", path);
        RequireSameShapes(path, weights, network.state_dict());
        network.LoadWeights(weights);
        var last = Path.Combine(run.Checkpoints, LastFile);
        if (File.Exists(last))
        {
            var learnt = SafeTensorsFile.Read(last).Tensors.Section(Classifier);
            if (classifier.state_dict().All(own => learnt.TryGetValue(own.Key, out var other) && other.Shape.SequenceEqual(own.Value.shape)))
            {
                classifier.LoadWeights(learnt);
            }
        }
    }

    private static void RequireSameShapes(string path, IReadOnlyDictionary<string, NamedTensor> weights, Dictionary<string, Tensor> own)
    {
        var differing = own.FirstOrDefault(o => !weights.TryGetValue(o.Key, out var other) || !other.Shape.SequenceEqual(o.Value.shape));
        if (differing.Key is { } name)
        {
            var found = weights.TryGetValue(name, out var other) ? $"[{string.Join(", ", other.Shape)}]" : "missing";
            throw new ModelFormatException($"{path} is of another network: {name} is {found}, needed is [{string.Join(", ", differing.Value.shape)}].");
        }
    }

    /// <summary>Saves weights alone, for export.</summary>
    public static void SaveWeights(string path, SpeakerNetwork network)
    {
        new SafeTensorsFile(network.SaveWeights(), new Dictionary<string, string>
        {
            ["network"] = Sizes(network),
        }).Write(path);
    }

    /// <summary>For whoever looks into the file; the exporters read sizes off the weights.</summary>
    private static string Sizes(SpeakerNetwork network) => network switch
    {
        XVector xvector => JsonSerializer.Serialize(xvector.Options, SpeakerRunJson.Default.XVectorOptions),
        EcapaTdnn ecapa => JsonSerializer.Serialize(ecapa.Options, SpeakerRunJson.Default.EcapaTdnnOptions),
        SpeakerResNet resnet => JsonSerializer.Serialize(resnet.Options, SpeakerRunJson.Default.SpeakerResNetOptions),
        _ => network.GetType().Name,
    };
}
