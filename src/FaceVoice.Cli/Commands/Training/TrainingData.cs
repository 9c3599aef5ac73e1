using System.Text.Json.Nodes;
using FaceVoice.Cli.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Datasets.Features;
using FaceVoice.Datasets.Manifest;
using FaceVoice.Datasets.MediaFeatures;
using FaceVoice.Datasets.Sources;
using FaceVoice.Inference;
using FaceVoice.Models;

namespace FaceVoice.Cli.Commands.Training;

/// <summary>Where the samples of a training or an evaluation come from.</summary>
internal sealed record TrainingData
{
    public string? Features { get; init; }

    public string? Data { get; init; }

    public string? ImageFolder { get; init; }

    public string? AudioFolder { get; init; }

    public string? IdentityRegex { get; init; }

    public bool IdentityFromFolder { get; init; }

    /// <summary>The bundle whose speaker encoder is used on recordings.</summary>
    public string? Encoders { get; init; }

    /// <summary>
    /// The face network that heads learn on: the name of a packaged one, or a bundle with one; null for that of <see cref="Encoders"/>.
    /// </summary>
    public string? FaceNetwork { get; init; }

    public string? Cache { get; init; }

    public double AudioDurationSeconds { get; init; } = 3;

    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>The data in words for people, as they go into the model; no paths.</summary>
    public string? Note { get; init; }

    public string Words => Note ?? ((Features ?? Data) is { } folder ? Last(folder) : $"{Last(ImageFolder!)} and {Last(AudioFolder!)}");

    /// <summary>The bundle with the speaker encoder: the one that was named, or the one that is taken where none is named.</summary>
    public string EncodersFolder => ModelDirectory.Resolve(Encoders);

    public bool HasSource => Features is not null || Data is not null || ImageFolder is not null || AudioFolder is not null;

    public JsonObject ToJson() => new()
    {
        ["features"] = Full(Features),
        ["data"] = Full(Data),
        ["image_folder"] = Full(ImageFolder),
        ["audio_folder"] = Full(AudioFolder),
        ["identity_regex"] = IdentityRegex,
        ["identity_from_folder"] = IdentityFromFolder,
        ["encoders"] = Full(Encoders),
        ["face_network"] = TrainingFaceNetwork.IsPackaged(FaceNetwork) ? FaceNetwork : Full(FaceNetwork),
        ["cache"] = Full(Cache),
        ["audio_duration_sec"] = AudioDurationSeconds,
        ["note"] = Note,
    };

    public static TrainingData FromJson(JsonNode json) => new()
    {
        Features = (string?)json["features"],
        Data = (string?)json["data"],
        ImageFolder = (string?)json["image_folder"],
        AudioFolder = (string?)json["audio_folder"],
        IdentityRegex = (string?)json["identity_regex"],
        IdentityFromFolder = (bool?)json["identity_from_folder"] ?? false,
        Encoders = (string?)json["encoders"],
        FaceNetwork = (string?)json["face_network"],
        Cache = (string?)json["cache"],
        AudioDurationSeconds = (double?)json["audio_duration_sec"] ?? 3,
        Note = (string?)json["note"],
    };

    /// <summary>Reads features, or computes those of media through the cache.</summary>
    /// <param name="defaultCache">Where features are kept when no cache was named.</param>
    /// <param name="cancellationToken">Stops the computing.</param>
    /// <param name="spectra">Whether voices come as spectra, for training the speaker encoder as well.</param>
    public async Task<(FeatureSet Set, IReadOnlyList<RejectedSample> Rejected, double? SpeechSeconds)> LoadAsync(
        string defaultCache, CancellationToken cancellationToken, bool spectra = false)
    {
        var media = ImageFolder is not null || AudioFolder is not null;
        if ((Features is null ? 0 : 1) + (Data is null ? 0 : 1) + (media ? 1 : 0) != 1)
        {
            throw new UsageException("give one source: --features DIR, --data DIR, or --image-folder DIR with --audio-folder DIR.");
        }

        if (Features is not null && spectra)
        {
            throw new UsageException("--train-speaker-encoder needs recordings (--data, or --image-folder with --audio-folder): features of voices have the encoder behind them.");
        }

        if (Features is not null)
        {
            return (FeatureFolder.Load(Features), [], null);
        }

        if (Data is null && (ImageFolder is null || AudioFolder is null))
        {
            throw new UsageException("--image-folder and --audio-folder belong together: one was given without the other.");
        }

        var set = Data is not null
            ? MediaManifest.FromFolder(Data)
            : MediaManifest.FromFolders(ImageFolder!, AudioFolder!, new IdentityRule(IdentityRegex, IdentityFromFolder));
        foreach (var note in set.Notes)
        {
            Console.Error.WriteLine($"note: {note}");
        }

        return await ExtractAsync(set, Cache ?? defaultCache, spectra, cancellationToken);
    }

    private async Task<(FeatureSet, IReadOnlyList<RejectedSample>, double?)> ExtractAsync(
        MediaManifest data, string cache, bool spectra, CancellationToken cancellationToken)
    {
        var bundle = ModelBundle.Open(EncodersFolder);
        var speaker = bundle.Manifest.Encoders.Speaker ?? throw new UsageException($"{bundle.Directory} has no speaker encoder: --encoders DIR names a model bundle that has one.");
        var serving = new FaceVoiceEngineOptions();
        if (AudioDurationSeconds != serving.Windows.Seconds)
        {
            Console.Error.WriteLine($"note: windows of {AudioDurationSeconds} s; serving cuts windows of {serving.Windows.Seconds} s, so the model will learn on something else than it is asked later");
        }

        using var engine = FaceVoiceEngine.Open(bundle, serving with { Windows = serving.Windows with { Seconds = AudioDurationSeconds } });
        using var faceEncoder = TrainingFaceNetwork.Resolve(FaceNetwork, bundle).Open();
        var extractor = new FeatureExtractor(engine, faceEncoder, speaker.Sha256, new()
        {
            CacheFolder = cache,
            WindowSeconds = AudioDurationSeconds,
            Jobs = Jobs,
            SpectrumBands = spectra ? speaker.Preprocessing.MelBins : 0,
        });
        var last = -1;
        var progress = new Progress<(int Done, int All)>(state =>
        {
            var percent = state.Done * 100 / Math.Max(1, state.All);
            if (Interlocked.Exchange(ref last, percent) != percent && percent % 5 == 0)
            {
                Console.Error.WriteLine($"features: {state.Done} of {state.All} pairs");
            }
        });
        var extracted = await extractor.ExtractAsync(data, progress, cancellationToken);
        const int mostNamed = 20;
        foreach (var (path, warning) in extractor.Warnings.Take(mostNamed))
        {
            Console.Error.WriteLine($"note: {path}: {warning}");
        }

        if (extractor.Warnings.Count > mostNamed)
        {
            Console.Error.WriteLine(
                $"note: and {extractor.Warnings.Count - mostNamed} more of that kind; 'facevoice embed voice FOLDER' names them all");
        }

        return extracted;
    }

    private static string Last(string path) => Path.GetFileName(Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar));

    private static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
}
