using System.CommandLine;
using FaceVoice.Cli.Commands.Remote;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Inference;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Cli.Commands.Embed;

/// <summary><c>facevoice embed face|voice</c>: media to vectors.</summary>
internal static class EmbedCommand
{
    public static Command Create() => new("embed", "Turns images of faces, or recordings of voices, into vectors. They are biometric data: keep them safe.")
    {
        CreateOne(
            "face",
            "Embeds the largest face of each image.",
            [EmbeddingSpace.Joint, EmbeddingSpace.Face],
            (engine, space, aligned, _) => new FaceFileEmbedder(engine, space, aligned)),
        CreateOne(
            "voice",
            "Embeds the voice of each recording: the mean over its best voiced windows.",
            [EmbeddingSpace.Joint, EmbeddingSpace.Speaker],
            (engine, space, whole, audio) => new VoiceFileEmbedder(engine, space, whole, audio)),
    };

    private static Command CreateOne(
        string medium,
        string description,
        EmbeddingSpace[] spaces,
        Func<FaceVoiceEngine, EmbeddingSpace, bool, AudioDecoderOptions, IFileEmbedder> embedder)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Files, or folders whose files are taken in order of name; - reads standard input.",
        };
        var space = new Option<string?>("--space") { Description = $"Default: joint if the model has it, else {Name(spaces[1])}." };
        space.AcceptOnlyFromAmong([.. spaces.Select(Name)]);
        var model = ModelOptions.Model();
        var format = new Option<string>("--format")
        {
            Description = "jsonl: one JSON object a file. npy: a NumPy array, (d,) of one file, (n, d) of several, with a text file of the rows' names beside it.",
            DefaultValueFactory = _ => "jsonl",
        };
        format.AcceptOnlyFromAmong("jsonl", "npy");
        var output = new Option<string?>("--out") { Description = "Where to write; default, and -: standard output.", HelpName = "PATH" };
        var ready = medium == "face"
            ? new Option<bool>("--aligned") { Description = "The images are aligned 112x112 crops, as data set folders hold them." }
            : new Option<bool>("--whole") { Description = "Encode each recording as it is, without looking for speech, as data set folders hold them." };
        var device = DeviceOption.Create();
        var command = new Command(medium, description) { files, space, model, format, output, ready, device };
        var audio = medium == "voice" ? new AudioOptions(command) : null;
        var remote = new ServerOptions(command);
        return command.Runs(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetValue(space) is { } name ? spaces.Single(candidate => Name(candidate) == name) : (EmbeddingSpace?)null;
            using var server = remote.Connect(
                parsed,
                [
                    ("--model", parsed.GetValue(model) is not null),
                    (ready.Name, parsed.GetValue(ready)),
                    (device.Name, parsed.GetResult(device) is { Implicit: false }),
                    .. audio?.Given(parsed) ?? [],
                ]);
            var choice = audio?.Read(parsed) ?? new AudioDecoderOptions();
            using var engine = server is null ? Open(parsed.GetValue(model), wanted, DeviceOption.Read(parsed, device), choice) : null;
            if (engine is not null)
            {
                DeviceOption.Report(engine.Device);
            }

            var one = engine is not null
                ? embedder(engine, wanted ?? (engine.HasJointSpace ? EmbeddingSpace.Joint : spaces[1]), parsed.GetValue(ready), choice)
                : await RemoteWork.EmbedderAsync(server!, spaces[1], wanted, cancellationToken);
            var run = new EmbedRun(one, MediaFileList.Expand(parsed.GetValue(files)!), $"facevoice embed {medium}", Console.Error);
            return parsed.GetValue(format) == "npy"
                ? await run.WriteNpyAsync(parsed.GetValue(output), cancellationToken)
                : await run.WriteLinesAsync(parsed.GetValue(output), cancellationToken);
        });
    }

    /// <summary>The face space needs no model: the packaged encoder is enough.</summary>
    private static FaceVoiceEngine Open(string? model, EmbeddingSpace? space, ExecutionDevice device, AudioDecoderOptions audio)
    {
        var options = new FaceVoiceEngineOptions
        {
            CacheBytes = 0,
            QueueCapacity = int.MaxValue,
            Device = device,
            JointSpace = space is null or EmbeddingSpace.Joint,
            Audio = audio,
        };
        return space == EmbeddingSpace.Face && model is null && ModelDirectory.Find(null) is null
            ? FaceVoiceEngine.OpenFaceOnly(options)
            : FaceVoiceEngine.Open(ModelBundle.Open(ModelDirectory.Resolve(model)), options);
    }

    private static string Name(EmbeddingSpace space) => space.ToString().ToLowerInvariant();
}
