using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FaceVoice.Cli.Terminal;
using FaceVoice.Training.Export;
using FaceVoice.Training.Heads;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>One option for each training setting: what the command line names goes before what --config names, and that before the default.</summary>
internal sealed class TrainSettings
{
    private static readonly (string Name, string Help)[] Settings =
    [
        ("batch_size", "Samples in a batch."),
        ("num_epochs", "How often every sample is seen."),
        ("learning_rate", "The highest learning rate."),
        ("weight_decay", "Decoupled weight decay."),
        ("grad_clip_norm", "The norm that gradients are scaled down to; 0 for never."),
        ("temperature", "Where the temperature starts; learnt within [0.05, 2]."),
        ("learn_temperature", "true or false."),
        ("seed", "Seed of everything that is drawn."),
        ("hidden", "Widths of the hidden layers, for example 512,256; 'none' for a single linear layer."),
        ("joint_dimension", "Length of a joint embedding."),
        ("dropout", "Probability with which a hidden value is zeroed."),
        ("standardize", "true or false: bring features to mean 0 and deviation 1 first."),
        ("loss", "info_nce or sigmoid (SigLIP)."),
        ("positives", "identity, gender or gender_and_age: who belongs together."),
        ("label_smoothing", "Share of each target spread over all candidates."),
        ("queue_size", "Past embeddings as further negatives; 0 for none."),
        ("hard_negatives", "Share of batches that hold one gender only."),
        ("same_gender_weight", "How many times a negative of the same gender counts."),
        ("clips_per_identity", "Samples of one person kept together in a batch."),
        ("any_clip_of_person", "true or false: pair a face with a voice of any clip of its person, drawn anew in every epoch."),
        ("accumulation_steps", "Batches for one step of the optimiser."),
        ("warmup_steps", "Steps over which the learning rate rises."),
        ("schedule", "cosine, plateau (by 0.3 after 3 epochs without improvement, down to 0.000001) or constant."),
        ("plateau_factor", "What a plateau multiplies the learning rate by."),
        ("plateau_patience", "Epochs without improvement that make a plateau."),
        ("min_learning_rate", "The lowest learning rate."),
        ("ema_decay", "Decay of the running mean of the weights; 0 for none."),
        ("early_stopping_patience", "Epochs without improvement before the run ends; 0 for never."),
        ("validation_size", "Share of people for validation."),
        ("test_size", "Share of people for testing."),
        ("nonfinite_patience", "Skipped steps in a row before the run stops."),
        ("chance_patience", "Epochs at chance before the run stops; 0 for never."),
        ("log_every", "Steps between two lines of the log."),
        ("device", "cpu, cuda or cuda:1."),
        ("precision", "float32; on GPUs also tf32."),
        ("threads", "Threads of one operator."),
        ("speaker_learning_rate", "The highest learning rate of the speaker encoder, where it is trained as well."),
    ];

    private readonly Dictionary<string, Option<string?>> _options = [];
    private readonly Option<string?> _speaker = new("--train-speaker-encoder")
    {
        Description = "Train the speaker encoder as well, end to end, from these weights: the folder of a 'facevoice speaker train' run, or a weight file; they must be those of "
            + "the encoder in --encoders. Needs recordings, and memory: begin with --batch-size 32. Default: the encoder is frozen.",
        HelpName = "RUN|FILE",
    };

    private readonly Option<FileInfo?> _config = new("--config") { Description = "A JSON file of settings (config.json of a run works); the command line goes before it.", HelpName = "FILE" };

    public TrainSettings(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_speaker);
        var defaults = new DualTrainingOptions().ToJson();
        foreach (var (name, help) in Settings)
        {
            var start = defaults[name] is JsonArray list ? string.Join(',', list.Select(item => item!.ToString())) : defaults[name]!.ToString();
            var option = new Option<string?>("--" + name.Replace('_', '-')) { Description = $"{help} Default: {start}.", HelpName = "VALUE" };
            _options[name] = option;
            command.Options.Add(option);
        }
    }

    /// <summary>The settings that a parsed command line comes to.</summary>
    public DualTrainingOptions Read(ParseResult parsed)
    {
        var json = new JsonObject();
        if (parsed.GetValue(_config) is { } file)
        {
            var content = ReadConfig(file.FullName);
            foreach (var (name, value) in (content["options"] as JsonObject) ?? content)
            {
                json[name] = value?.DeepClone();
            }
        }

        var kinds = new DualTrainingOptions().ToJson();
        foreach (var (name, option) in _options)
        {
            if (parsed.GetValue(option) is { } text)
            {
                json[name] = Convert(name, text, kinds[name]!);
            }
        }

        if (parsed.GetValue(_speaker) is { } speaker)
        {
            json["train_speaker_encoder"] = TunedSpeaker.FindWeights(speaker);
        }

        try
        {
            var options = DualTrainingOptions.FromJson(json);
            options.Validate();
            return options;
        }
        catch (InvalidDataException error)
        {
            throw new UsageException(error.Message);
        }
        catch (System.ComponentModel.DataAnnotations.ValidationException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static JsonObject ReadConfig(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new UsageException($"{path} is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new UsageException($"{path} is not JSON: {error.Message}");
        }
    }

    private static JsonNode Convert(string name, string text, JsonNode like)
    {
        if (like is JsonArray)
        {
            return new JsonArray([.. text.Equals("none", StringComparison.OrdinalIgnoreCase) ? [] : text.Split(',').Select(width => (JsonNode)Number<int>(name, width))]);
        }

        return like.GetValueKind() switch
        {
            JsonValueKind.Number when like.ToString().Contains('.', StringComparison.Ordinal) || IsReal(name) => Number<double>(name, text),
            JsonValueKind.Number => Number<long>(name, text),
            JsonValueKind.True or JsonValueKind.False => bool.TryParse(text, out var flag) ? flag : throw new UsageException($"--{name} is true or false, not '{text}'."),
            _ => text.ToLowerInvariant(),
        };
    }

    private static bool IsReal(string name) => typeof(DualTrainingOptions).GetProperties()
        .Any(property => property.PropertyType == typeof(double) && JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name) == name);

    private static T Number<T>(string name, string text)
        where T : struct, IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw new UsageException($"--{name.Replace('_', '-')} needs a number, not '{text}'.");
}
