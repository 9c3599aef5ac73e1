using FaceVoice.Cli.Commands.Models;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models;
using FaceVoice.Models.Hub;
using FaceVoice.Models.SpeechBrain;

namespace FaceVoice.Cli.Hub;

/// <summary>What was pulled.</summary>
internal sealed record HubPullResult(
    HubModelName Model, string Commit, string Kind, ModelBundle Bundle, string? Licence, long FetchedBytes);

/// <summary>
/// Fetches what is needed of a repository, and only that: a bundle's files, a SpeechBrain encoder's recipe and weights, or one ONNX file;
/// makes a bundle of
/// it where it is none.
/// </summary>
internal sealed class HubPull(HubSettings settings, HubModelName model, IHubProgress progress)
{
    public const string BundleKind = "bundle", SpeakerKind = "speaker", FaceKind = "face";

    private const long MaxTextBytes = 1 << 20;

    /// <summary>The kind that the caller says it is; null to tell by its files.</summary>
    public string? Kind { get; init; }

    /// <summary>The ONNX file of a face network; null if there is but one.</summary>
    public string? File { get; init; }

    /// <summary>How pixels go into a face network, which an ONNX file does not say; null if the caller did not say either.</summary>
    public FaceNetworkImport? Face { get; init; }

    public async Task<HubPullResult> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.Offline)
        {
            return FromCache();
        }

        using var client = new HubClient(settings);
        var listing = await client.ListAsync(model, cancellationToken);
        var kind = Kind ?? Tell(listing);
        var download = new HubDownload(client, settings, model, listing.Commit, progress);
        foreach (var text in listing.Files.Where(file => file.Path is "README.md" or "LICENSE" or "LICENSE.md" or "LICENSE.txt"
            && file.Size is not > MaxTextBytes))
        {
            await download.FetchAsync(text, MaxTextBytes, cancellationToken);
        }

        var folder = kind switch
        {
            BundleKind => await BundleAsync(listing, download, cancellationToken),
            SpeakerKind => await SpeakerAsync(listing, download, cancellationToken),
            _ => await FaceAsync(listing, download, cancellationToken),
        };
        var bundle = ModelBundle.Open(folder);
        settings.Cache.WriteReference(model, listing.Commit);
        var licence = HubModels.Licence(settings.Cache.SnapshotFolder(model, listing.Commit));
        return new HubPullResult(model, listing.Commit, kind, bundle, licence, download.FetchedBytes);
    }

    private HubPullResult FromCache()
    {
        var commit = settings.Cache.FindCommit(model);
        var folder = commit is null ? null : HubModels.Find(model, commit, settings.Cache);
        if (folder is null)
        {
            throw new HubException($"{model}: not in the cache {settings.Cache.Root}, and HF_HUB_OFFLINE forbids to fetch it.");
        }

        var bundle = ModelBundle.Open(folder);
        var kind = bundle.Manifest.Heads is not null ? BundleKind : bundle.Manifest.Encoders.Speaker is not null ? SpeakerKind : FaceKind;
        return new HubPullResult(model, commit!, kind, bundle, HubModels.Licence(settings.Cache.SnapshotFolder(model, commit!)), 0);
    }

    private string Tell(HubListing listing) =>
        listing.Find(ModelBundle.ManifestFile) is not null ? BundleKind
        : listing.Find(SpeechBrainRecipe.FileName) is not null ? SpeakerKind
        : listing.Files.Any(IsOnnx) ? FaceKind
        : throw new HubException(
            $"{model} is nothing that can be used: it has neither {ModelBundle.ManifestFile} (a bundle), nor "
            + $"{SpeechBrainRecipe.FileName} (a SpeechBrain encoder), nor an .onnx file (a face encoder). Its files: {Names(listing.Files)}.");

    private async Task<string> BundleAsync(HubListing listing, HubDownload download, CancellationToken cancellationToken)
    {
        var path = await download.FetchAsync(Require(listing, ModelBundle.ManifestFile), MaxTextBytes, cancellationToken);
        var manifest = ModelManifest.Parse(
            await System.IO.File.ReadAllBytesAsync(path, cancellationToken), $"{model}, {ModelBundle.ManifestFile}");
        foreach (var name in manifest.Files.Keys.Append(ModelBundle.ModelCardFile).Where(name => name != ModelBundle.ModelCardFile
            || listing.Find(name) is not null))
        {
            await download.FetchAsync(Require(listing, name), long.MaxValue, cancellationToken);
        }

        return settings.Cache.SnapshotFolder(model, listing.Commit);
    }

    private async Task<string> SpeakerAsync(HubListing listing, HubDownload download, CancellationToken cancellationToken)
    {
        var path = await download.FetchAsync(Require(listing, SpeechBrainRecipe.FileName), MaxTextBytes, cancellationToken);
        var recipe = SpeechBrainRecipe.Parse(
            await System.IO.File.ReadAllTextAsync(path, cancellationToken), $"{model}, {SpeechBrainRecipe.FileName}");
        await download.FetchAsync(Require(listing, recipe.WeightsFile), long.MaxValue, cancellationToken);
        return HubModels.Find(model, listing.Commit, settings.Cache)!;
    }

    private async Task<string> FaceAsync(HubListing listing, HubDownload download, CancellationToken cancellationToken)
    {
        var networks = listing.Files.Where(IsOnnx).ToList();
        var network = File is null && networks.Count == 1 ? networks[0] : networks.Find(file => file.Path == File);
        if (network is null)
        {
            var found = File is null ? "" : $", none of them '{File}'";
            throw new UsageException($"{model} has {networks.Count} ONNX files{found}; --file names one: {Names(networks)}.");
        }

        var import = Face ?? throw new UsageException(
            $"{model}: an ONNX file does not say how pixels go into it. Name --channel-order, --mean and --scale as its "
            + "model card has them (networks trained by InsightFace's recipes usually take rgb, 127.5 and 127.5).");
        var path = await download.FetchAsync(network, long.MaxValue, cancellationToken);
        return HubModels.MakeFace(model, listing.Commit, settings.Cache, import with { File = path });
    }

    private HubFile Require(HubListing listing, string path) =>
        listing.Find(path) ?? throw new HubException($"{model} has no {path}. Its files: {Names(listing.Files)}.");

    private static bool IsOnnx(HubFile file) => file.Path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static string Names(IReadOnlyList<HubFile> files) =>
        files.Count == 0 ? "none" : string.Join(", ", files.Take(12).Select(file => file.Path)) + (files.Count > 12
            ? $" and {files.Count - 12} more" : "");
}
