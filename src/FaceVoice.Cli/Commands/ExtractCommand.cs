using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Extraction;
using FaceVoice.Datasets.Sources;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Models;
using Spectre.Console;

namespace FaceVoice.Cli.Commands;

/// <summary><c>facevoice extract</c>: face crops and voiced clips out of videos, as a data set folder.</summary>
internal static class ExtractCommand
{
    private const string Help =
        """
        Cuts faces and voiced 3 s clips out of videos into a data set folder.

        Of each video the person who is seen most is kept: up to 5 sharp, frontal faces spread over its length, and up to 4 windows with the most
        speech. Videos should show one talking person. Whether the one who is seen is the one who speaks is not examined; two voices in a source are
        warned of, and marked in the manifest ("voices_disagree"). Images and audio files that share a stem are taken together.

          facevoice extract videos/ --out data                 everything below a folder
          facevoice extract 'takes/**/*.mp4' --out data        a pattern (quoted, so that the shell leaves it alone)
          facevoice extract videos/ --dry-run                  who would be taken for whom; nothing is written
          facevoice extract videos/ --out data --resume        continue after an interruption, even kill -9
          facevoice extract videos/ --out part3 --shard 3/8    the third of eight machines; then: cat part*/manifest.*jsonl

        The person is the file's name up to a running number, below its folders (anna_01.mp4 is anna; anna/01.mp4 is anna). The layouts of VoxCeleb,
        GRID, CREMA-D, RAVDESS, MEAD, TIMIT and LibriSpeech are known; a file with a camera's name (IMG_0001.mov) is a person of its own.
        --identity-from-folder and --identity-regex say otherwise. DIR gets manifest.jsonl, faces/PERSON/*.jpg (aligned, 112x112) and
        voices/PERSON/*.wav (16 kHz, mono). What cannot be read is named and passed over; a video that fails is named at the end with its reason
        and stops nothing; the exit code is 1 only if nothing at all was extracted.
        """;

    private static readonly Argument<string[]> Inputs = new("VIDEO|FOLDER|GLOB")
    {
        Description = "Video files, folders that are searched to the bottom, or patterns with * ? **.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Out = new("--out") { Description = "The data set's folder.", HelpName = "DIR" };
    private static readonly Option<int> Faces = Number("--faces-per-video", new ExtractionOptions().FacesPerVideo, "The most faces kept of one video.");
    private static readonly Option<int> Clips = Number("--clips-per-video", new ExtractionOptions().ClipsPerVideo, "The most voice clips kept of one video.");
    private static readonly Option<double> Seconds = Number("--seconds", new ExtractionOptions().Seconds, "The length of a clip; a shorter recording is taken whole.");
    private static readonly Option<int> Frames = Number("--frames-per-video", new ExtractionOptions().FramesPerVideo, "The most frames looked at in one video.");
    private static readonly Option<int> Jobs = Number("--jobs", Environment.ProcessorCount, "How many videos are worked on at once.");
    private static readonly Option<string?> Shard = new("--shard") { Description = "I/N: do the I-th of N shares of the list (I from 1).", HelpName = "I/N" };
    private static readonly Option<string?> Identity = new("--identity-regex") { Description = "Finds the person in a video's path: the first group, or the whole match." };
    private static readonly Option<bool> FromFolder = new("--identity-from-folder") { Description = "The folder that a video is in names the person." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Print who would be taken for whom, and do nothing." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Continue a folder that was begun; finished videos are not done again." };
    private static readonly Option<bool> Retry = new("--retry-failed") { Description = "With --resume: try again what failed before." };
    private static readonly Option<string> Device = DeviceOption.Create();
    private static readonly Option<bool> Json = new("--json") { Description = "Print the report as one JSON object." };

    public static Command Create()
    {
        var command = new Command("extract", Help)
        {
            Inputs, Out, Faces, Clips, Seconds, Frames, Jobs, Shard, Identity, FromFolder, DryRun, Resume, Retry, Device, Json,
        };
        var audio = new AudioOptions(command);
        return command.Runs((parsed, cancellationToken) => RunAsync(parsed, audio, cancellationToken));
    }

    private static async Task<int> RunAsync(ParseResult parsed, AudioOptions audio, CancellationToken cancellationToken)
    {
        var options = ReadOptions(parsed, audio.Read(parsed));
        var run = ReadRun(parsed);
        var device = DeviceOption.Read(parsed, Device);
        var folder = parsed.GetValue(Out);
        if (folder is null && !parsed.GetValue(DryRun))
        {
            throw new UsageException("--out DIR says where the data set goes; --dry-run needs none.");
        }

        var list = FindSources(parsed);
        foreach (var (path, reason) in list.PassedOver)
        {
            Console.Error.WriteLine($"facevoice extract: {path}: passed over: {reason}");
        }

        foreach (var note in list.Notes)
        {
            Console.Error.WriteLine($"facevoice extract: note: {note}");
        }

        if (list.Sources.Count == 0)
        {
            throw new UsageException("no video, image or audio file was found below what was named.");
        }

        if (parsed.GetValue(DryRun))
        {
            SourceListPrinter.Print(list, parsed.GetValue(Json));
            return ExitCode.Done;
        }

        using var speaker = OpenSpeakerEncoder();
        using var extractor = new Extractor(options, new MediaLimits(), TimeProvider.System, device, speaker);
        DeviceOption.Report(extractor.Device);
        var report = await WithProgressAsync(progress => extractor.RunAsync(list.Sources, folder!, run, progress, cancellationToken));
        Print(report with { PassedOver = list.PassedOver }, parsed.GetValue(Json));
        return report.Samples > 0 || report.Sources == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>That of the default model; extracting does without one, and then hears no second voice in turn.</summary>
    private static SpeakerEncoder? OpenSpeakerEncoder()
    {
        if (ModelDirectory.Find(null) is { } folder && ModelBundle.Open(folder) is { Manifest.Encoders.Speaker: { } speaker } bundle)
        {
            return new SpeakerEncoder(bundle.SpeakerEncoderPath, speaker.Dimension);
        }

        Console.Error.WriteLine(
            "facevoice extract: note: there is no model with a speaker encoder, so nothing is said of two people who speak in turn.");
        return null;
    }

    private static ExtractionOptions ReadOptions(ParseResult parsed, AudioDecoderOptions audio)
    {
        var seconds = parsed.GetValue(Seconds);
        var options = new ExtractionOptions
        {
            FacesPerVideo = parsed.GetValue(Faces),
            ClipsPerVideo = parsed.GetValue(Clips),
            Seconds = seconds,
            FramesPerVideo = parsed.GetValue(Frames),
            AudioTrack = audio.Track,
            Strict = audio.Strict,
        };
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentOutOfRangeException error)
        {
            var option = JsonNamingPolicy.KebabCaseLower.ConvertName(error.ParamName!);
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--{option} is {error.ActualValue}. {error.Message}"));
        }
    }

    private static ExtractionRunOptions ReadRun(ParseResult parsed)
    {
        var jobs = parsed.GetValue(Jobs);
        if (jobs < 1)
        {
            throw new UsageException($"--jobs is {jobs}; it must be 1 or more.");
        }

        var shard = ExtractionShard.Whole;
        if (parsed.GetValue(Shard) is { } text && !ExtractionShard.TryParse(text, out shard))
        {
            throw new UsageException($"--shard is '{text}'; it must be I/N with I from 1 to N, for example 3/8.");
        }

        return new ExtractionRunOptions { Jobs = jobs, Shard = shard, Resume = parsed.GetValue(Resume), RetryFailed = parsed.GetValue(Retry) };
    }

    private static SourceList FindSources(ParseResult parsed)
    {
        if (parsed.GetValue(Identity) is not null && parsed.GetValue(FromFolder))
        {
            throw new UsageException("--identity-regex and --identity-from-folder say two things; give one.");
        }

        try
        {
            return SourceCatalog.Find(parsed.GetValue(Inputs)!, new IdentityRule(parsed.GetValue(Identity), parsed.GetValue(FromFolder)));
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            throw new UsageException($"--identity-regex: {error.Message}"); // malformed, or finds nobody
        }
    }

    /// <summary>A bar with the time left on a terminal; nothing where standard error goes elsewhere.</summary>
    private static async Task<ExtractionReport> WithProgressAsync(Func<IProgress<ExtractionProgress>?, Task<ExtractionReport>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work(null);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("extracting", maxValue: double.MaxValue);
                return work(new ProgressBar(bar));
            });
    }

    private static void Print(ExtractionReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(report.ToJson());
            return;
        }

        foreach (var (source, warning) in report.Warnings)
        {
            Console.Error.WriteLine($"facevoice extract: {source}: {warning}");
        }

        foreach (var failure in report.Failed)
        {
            Console.Error.WriteLine($"facevoice extract: {failure.Source}: {failure.Reason}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {report.Samples} samples of {report.Identities} people: {report.Faces} faces, {report.Voices} voice clips
            {report.Sources} sources: {report.DoneBefore} done before, {report.Failed.Count} failed, {report.PassedOver.Count} passed over
            {report.SourcesWithOthers} of the sources show other people too, {report.OtherPeople} of whom were left out
            {report.MediaSeconds:F1} s of media in {report.WallSeconds:F1} s
            {report.Manifest}
            """));
    }

    private static Option<T> Number<T>(string name, T value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private sealed class ProgressBar(ProgressTask bar) : IProgress<ExtractionProgress>
    {
        public void Report(ExtractionProgress value)
        {
            bar.MaxValue = value.Total;
            bar.Value = value.Finished;
            bar.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{value.Finished}/{value.Total} videos, {value.Failed} failed"));
        }
    }
}
