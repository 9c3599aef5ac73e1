using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using FaceVoice.Cli.Terminal;
using FaceVoice.Training.Networks.Speaker;
using FaceVoice.Training.Speaker;
using FaceVoice.Training.Speaker.Augmentation;

namespace FaceVoice.Cli.Commands.Speaker;

/// <summary>The options of <c>speaker train</c> that end up in <see cref="SpeakerTrainerOptions"/>.</summary>
internal sealed class SpeakerTrainSettings
{
    private static readonly SpeakerTrainerOptions _default = new();
    private readonly Command _command;
    private readonly Option<double> _seconds;
    private readonly Option<int> _batch;
    private readonly Option<int> _accumulate;
    private readonly Option<long> _steps;
    private readonly Option<double?> _maxMinutes;
    private readonly Option<SpeakerOptimizer> _optimizer;
    private readonly Option<double?> _rate;
    private readonly Option<double?> _decay;
    private readonly Option<LearningCurve> _curve;
    private readonly Option<double> _warmUp;
    private readonly Option<double> _clip;
    private readonly Option<double> _scale;
    private readonly Option<double> _margin;
    private readonly Option<SpeakerArchitecture> _architecture;
    private readonly Option<int[]?> _channels;
    private readonly Option<int[]> _blocks;
    private readonly Option<int?> _embedding;
    private readonly Option<string?> _initial;
    private readonly Option<int> _heldOut;
    private readonly Option<int> _validateEvery;
    private readonly Option<int> _checkpointEvery;
    private readonly Option<int> _patience;
    private readonly Option<int> _nonFinite;
    private readonly Option<ulong> _seed;
    private readonly Option<string> _device;
    private readonly Option<int> _threads;
    private readonly Option<int> _workers;
    private readonly Option<double[]> _speeds;
    private readonly Option<string[]> _without;

    public SpeakerTrainSettings(Command command)
    {
        _command = command;
        _seconds = Add("--seconds", "Length of a training crop.", _default.CropSeconds);
        _batch = Add("--batch-size", "Crops a forward pass.", _default.BatchSize);
        _accumulate = Add("--accumulate", "Forward passes a step.", _default.Accumulation);
        _steps = Add("--steps", "Steps; the learning rate is annealed to their end.", _default.Steps);
        _maxMinutes = Add<double?>("--max-minutes", "End after this time at the latest, annealed to it. Such a run depends on the machine's speed.", null);
        _optimizer = Add("--optimizer", "AdamW or Sgd.", _default.Optimizer);
        _rate = Add<double?>("--lr", $"Highest learning rate. Default: {_default.LearningRate} for AdamW, 0.1 for Sgd.", null);
        _decay = Add<double?>("--weight-decay", "Weight decay. Default: 0.05 for AdamW, 0.0001 for Sgd.", null);
        _curve = Add("--schedule", "Cosine, Linear or Constant, after the warm-up.", _default.Curve);
        _warmUp = Add("--warm-up", "Share of the run during which the learning rate rises.", _default.WarmUp);
        _clip = Add("--clip", "Norm to clip gradients to.", _default.ClipNorm);
        _scale = Add("--scale", "Scale of AAM-softmax.", _default.Scale);
        _margin = Add("--margin", "Full margin of AAM-softmax, in radians; it warms up from a tenth to half of the run.", _default.Margin);
        _architecture = Add(
            "--arch",
            "ResNet (learns most from few hours), XVector (SpeechBrain's, 512 values) or Ecapa (a small one, 192 values; the published one is --channels 1024 1024 1024 1024 3072).",
            _default.Architecture);
        _channels = Add<int[]?>(
            "--channels",
            $"Channels of each stage or layer. Default: {List(_default.Network.Channels)} for ResNet, {List(_default.XVector.Channels)} for XVector, {List(_default.Ecapa.Channels)} for Ecapa.",
            null);
        _blocks = Add<int[]>("--blocks", "Residual blocks of each stage of a ResNet.", [.. _default.Network.Blocks]);
        _embedding = Add<int?>(
            "--embedding-size",
            $"Length of the embedding. Default: {_default.Network.EmbeddingSize} for ResNet, {_default.XVector.EmbeddingDimension} for XVector, {_default.Ecapa.EmbeddingDimension} for Ecapa.",
            null);
        _initial = Add<string?>("--init", "Start from the best weights of this earlier run of the same network, instead of random ones.", null);
        _heldOut = Add("--validation-speakers", "Speakers held out to choose the best weights; 0 for none.", _default.ValidationSpeakers);
        _validateEvery = Add("--validate-every", "Steps between validations.", _default.ValidateEvery);
        _checkpointEvery = Add("--checkpoint-every", "Steps between checkpoints.", _default.CheckpointEvery);
        _patience = Add("--patience", "Stop after so many validations without progress; 0 for never.", _default.Patience);
        _nonFinite = Add("--nonfinite-patience", "Stop after so many steps in a row with non-finite numbers.", _default.NonFinitePatience);
        _seed = Add("--seed", "Seed of everything random.", _default.Seed);
        _device = Add("--device", "cpu, cuda or cuda:1. A run repeats bit for bit on the processor alone.", _default.Device);
        _threads = Add("--threads", "LibTorch's threads; 0 leaves it the choice.", _default.Threads);
        _workers = Add("--workers", "Threads that make crops.", _default.Workers);
        _speeds = Add<double[]>("--speeds", "Speeds; each but 1 makes another class of every speaker.", [.. _default.Augmentation.Speeds]);
        _without = Add<string[]>("--without", "Augmentation to switch off: noise, babble, reverberation, bandlimit, telephone, gain, specaugment, or all.", []);
        foreach (var option in command.Options.OfType<Option>())
        {
            option.AllowMultipleArgumentsPerToken = true;
        }
    }

    public SpeakerTrainerOptions Read(ParseResult parsed)
    {
        var sgd = parsed.GetValue(_optimizer) == SpeakerOptimizer.Sgd;
        var options = new SpeakerTrainerOptions
        {
            Architecture = parsed.GetValue(_architecture),
            Network = new SpeakerResNetOptions
            {
                Channels = Channels(parsed, _default.Network.Channels),
                Blocks = parsed.GetValue(_blocks)!,
                EmbeddingSize = parsed.GetValue(_embedding) ?? _default.Network.EmbeddingSize,
            },
            XVector = _default.XVector with
            {
                Channels = Channels(parsed, _default.XVector.Channels),
                EmbeddingDimension = parsed.GetValue(_embedding) ?? _default.XVector.EmbeddingDimension,
            },
            Ecapa = _default.Ecapa with
            {
                Channels = Channels(parsed, _default.Ecapa.Channels),
                EmbeddingDimension = parsed.GetValue(_embedding) ?? _default.Ecapa.EmbeddingDimension,
            },
            InitialRun = parsed.GetValue(_initial),
            Augmentation = ReadAugmentation(parsed),
            CropSeconds = parsed.GetValue(_seconds),
            BatchSize = parsed.GetValue(_batch),
            Accumulation = parsed.GetValue(_accumulate),
            Steps = parsed.GetValue(_steps),
            MaxMinutes = parsed.GetValue(_maxMinutes),
            Optimizer = parsed.GetValue(_optimizer),
            LearningRate = parsed.GetValue(_rate) ?? (sgd ? 0.1 : _default.LearningRate),
            WeightDecay = parsed.GetValue(_decay) ?? (sgd ? 1e-4 : _default.WeightDecay),
            Curve = parsed.GetValue(_curve),
            WarmUp = parsed.GetValue(_warmUp),
            ClipNorm = parsed.GetValue(_clip),
            Scale = parsed.GetValue(_scale),
            Margin = parsed.GetValue(_margin),
            ValidationSpeakers = parsed.GetValue(_heldOut),
            ValidateEvery = parsed.GetValue(_validateEvery),
            CheckpointEvery = parsed.GetValue(_checkpointEvery),
            Patience = parsed.GetValue(_patience),
            NonFinitePatience = parsed.GetValue(_nonFinite),
            Seed = parsed.GetValue(_seed),
            Device = parsed.GetValue(_device)!,
            Threads = parsed.GetValue(_threads),
            Workers = parsed.GetValue(_workers),
        };
        return Check(options);
    }

    private AugmentationOptions ReadAugmentation(ParseResult parsed)
    {
        var options = new AugmentationOptions { Speeds = parsed.GetValue(_speeds)! };
        foreach (var kind in parsed.GetValue(_without) ?? [])
        {
            options = kind.ToUpperInvariant() switch
            {
                "NOISE" => options with { Noise = 0 },
                "BABBLE" => options with { Babble = 0 },
                "REVERBERATION" => options with { Reverberation = 0 },
                "BANDLIMIT" => options with { BandLimit = 0 },
                "TELEPHONE" => options with { Telephone = 0 },
                "GAIN" => options with { Gain = 0 },
                "SPECAUGMENT" => options with { SpecAugment = 0 },
                "ALL" => AugmentationOptions.None with { Speeds = options.Speeds },
                _ => throw new UsageException($"--without {kind}: there is no such augmentation."),
            };
        }

        return options;
    }

    private static SpeakerTrainerOptions Check(SpeakerTrainerOptions options)
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new(options), problems, validateAllProperties: true))
        {
            throw new UsageException(string.Join(' ', problems.Select(p => p.ErrorMessage)));
        }

        CheckNetwork(options);
        return options.Augmentation.Speeds.All(s => s is >= 0.5 and <= 2) && options.Augmentation.Speeds.Count > 0
            ? options
            : throw new UsageException("--speeds are between 0.5 and 2, at least one.");
    }

    private static void CheckNetwork(SpeakerTrainerOptions options)
    {
        const int LayersOfTdnn = 5, GroupsOfEcapa = 8;
        if (options.Architecture != SpeakerArchitecture.ResNet)
        {
            var channels = options.Architecture == SpeakerArchitecture.XVector ? options.XVector.Channels : options.Ecapa.Channels;
            var fits = options.Architecture == SpeakerArchitecture.XVector || channels.Take(LayersOfTdnn - 1).All(n => n % GroupsOfEcapa == 0);
            if (channels.Count != LayersOfTdnn || channels.Any(n => n < 1) || !fits || options.XVector.EmbeddingDimension < 1)
            {
                throw new UsageException(
                    $"--channels of {options.Architecture} are {LayersOfTdnn} values of 1 or more (Ecapa: all but the last multiples of {GroupsOfEcapa}), --embedding-size is 1 or more.");
            }
        }
        else if (options.Network.Channels.Count == 0 || options.Network.Channels.Count != options.Network.Blocks.Count || options.Network.Channels.Concat(options.Network.Blocks).Any(n => n < 1))
        {
            throw new UsageException($"--channels ({options.Network.Channels.Count} values) and --blocks ({options.Network.Blocks.Count}) name as many stages, each value 1 or more.");
        }
    }

    private IReadOnlyList<int> Channels(ParseResult parsed, IReadOnlyList<int> otherwise) =>
        parsed.GetValue(_channels) is { Length: > 0 } given ? given : otherwise;

    private static string List(IReadOnlyList<int> values) => string.Join(' ', values);

    private Option<T> Add<T>(string name, string description, T value)
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        _command.Options.Add(option);
        return option;
    }
}
