using System.CommandLine;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>The options that say where samples come from, the same for <c>train</c> and <c>evaluate</c>.</summary>
internal sealed class TrainingDataOptions
{
    private readonly Option<string?> _features = new("--features") { Description = "A folder of precomputed features (faces.npy, voices.npy, samples.jsonl).", HelpName = "DIR" };
    private readonly Option<string?> _data = new("--data") { Description = "A data set folder with manifest.jsonl, as 'facevoice extract' writes it.", HelpName = "DIR" };
    private readonly Option<string?> _images = new("--image-folder") { Description = "Pictures; paired with --audio-folder by file stem.", HelpName = "DIR" };
    private readonly Option<string?> _audio = new("--audio-folder") { Description = "Recordings; paired with --image-folder by file stem.", HelpName = "DIR" };
    private readonly Option<string?> _identity = new("--identity-regex")
    {
        Description = "Finds the person in a stem, with its folders: the first group, or the whole match. Default: as 'facevoice extract' has it.",
    };

    private readonly Option<bool> _fromFolder = new("--identity-from-folder") { Description = "The folder that a pair is in names the person." };
    private readonly Option<string?> _encoders = new("--encoders") { Description = "The model bundle whose speaker encoder computes voice features. Default: the starter model; with --model, that model's own.", HelpName = "DIR" };
    private readonly Option<string?> _faceNetwork = new("--face-network") { Description = TrainingFaceNetwork.Help, HelpName = "NAME|DIR" };
    private readonly Option<string?> _cache = new("--cache") { Description = "Where computed features are kept, by content and encoder; runs may share it.", HelpName = "DIR" };
    private readonly Option<string?> _note = new("--data-note") { Description = "What the data are, in words, for the model card. Default: the folder's name.", HelpName = "TEXT" };
    private readonly Option<double> _seconds = new("--audio-duration-sec") { Description = "Seconds of a voice window.", DefaultValueFactory = _ => 3 };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Pairs whose features are computed at a time.", DefaultValueFactory = _ => Environment.ProcessorCount };

    public TrainingDataOptions(Command command)
    {
        Option[] options = [_features, _data, _images, _audio, _identity, _fromFolder, _encoders, _faceNetwork, _cache, _note, _seconds, _jobs];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    public TrainingData Read(ParseResult parsed) => new()
    {
        Features = parsed.GetValue(_features),
        Data = parsed.GetValue(_data),
        ImageFolder = parsed.GetValue(_images),
        AudioFolder = parsed.GetValue(_audio),
        IdentityRegex = parsed.GetValue(_identity) is { } pattern && parsed.GetValue(_fromFolder)
            ? throw new UsageException($"--identity-regex '{pattern}' and --identity-from-folder say two things; give one.")
            : parsed.GetValue(_identity),
        IdentityFromFolder = parsed.GetValue(_fromFolder),
        Encoders = ModelDirectory.Locate(parsed.GetValue(_encoders)),
        FaceNetwork = ModelDirectory.Locate(parsed.GetValue(_faceNetwork)),
        Cache = parsed.GetValue(_cache),
        Note = parsed.GetValue(_note),
        AudioDurationSeconds = parsed.GetValue(_seconds),
        Jobs = parsed.GetValue(_jobs),
    };
}
