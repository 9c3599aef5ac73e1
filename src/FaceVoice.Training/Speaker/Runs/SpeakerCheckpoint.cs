using System.Text.Json;
using System.Text.Json.Serialization;
using FaceVoice.Models;
using FaceVoice.Training.Networks;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Speaker.Runs;

/// <summary>Everything that a run of a speaker encoder needs to go on, and the weights alone.</summary>
internal static class SpeakerCheckpoint
{
    /// <summary>The file of the best weights in a run's folder.</summary>
    public const string WeightsFile = "speaker.safetensors";

    private const string Network = "network.";
    private const string Classifier = "classifier.";
    private const string Optimizer = "optimizer.";
    private const string Random = "random_state";

    public static void Save(
        RunFolder run, SpeakerNetwork network, Module classifier, OptimizerHelper optimizer, TrainingPosition position, string resume)
    {
        using var scope = torch.NewDisposeScope();
        var tensors = network.SaveWeights(Network)
            .Concat(classifier.SaveWeights(Classifier))
            .Concat(optimizer.SaveState(Optimizer))
            .Append(torch.get_rng_state().ToNamedTensor(Random));
        var metadata = new Dictionary<string, string>
        {
            ["position"] = JsonSerializer.Serialize(position, SpeakerRunJson.Default.TrainingPosition),
            ["network"] = Sizes(network),
        };
        RunCheckpoint.Save(run, run.LastCheckpoint, new(tensors, metadata), resume);
    }

    public static TrainingPosition Load(RunFolder run, SpeakerNetwork network, Module classifier, OptimizerHelper optimizer)
    {
        using var scope = torch.NewDisposeScope();
        return RunCheckpoint.Load(run, file =>
        {
            network.LoadWeights(file.Tensors.Section(Network));
            classifier.LoadWeights(file.Tensors.Section(Classifier));
            optimizer.LoadState(file.Tensors.Section(Optimizer));
            torch.set_rng_state(file.Tensors[Random].ToTensor().to(ScalarType.Byte));
            return JsonSerializer.Deserialize(file.Metadata["position"], SpeakerRunJson.Default.TrainingPosition)!;
        });
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
        if (File.Exists(run.LastCheckpoint))
        {
            var learnt = SafeTensorsFile.Read(run.LastCheckpoint).Tensors.Section(Classifier);
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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SpeakerTrainerOptions))]
[JsonSerializable(typeof(TrainingPosition))]
[JsonSerializable(typeof(SpeakerResNetOptions))]
[JsonSerializable(typeof(XVectorOptions))]
[JsonSerializable(typeof(EcapaTdnnOptions))]
internal sealed partial class SpeakerRunJson : JsonSerializerContext;
