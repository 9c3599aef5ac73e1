using FaceVoice.Cli.Commands.Models;
using FaceVoice.Models;
using FaceVoice.Models.Hub;
using FaceVoice.Models.SpeechBrain;
using FaceVoice.Training.Networks.Export;

namespace FaceVoice.Cli.Hub;

/// <summary>Finds the bundle of a hub repository without the network: in the repository itself, or made of what is in it.</summary>
internal static class HubModels
{
    /// <summary>
    /// The bundle's folder; null if the cache has no snapshot of the revision, or one that nothing can be made of without being told more.
    /// </summary>
    /// <exception cref="ModelFormatException">The snapshot is of a kind that is known, and wrong; the message says what.</exception>
    public static string? Find(HubModelName model, HubCache cache) => cache.FindCommit(model) is { } commit
        ? Find(model, commit, cache) : null;

    /// <summary>The same for a commit whose snapshot is there.</summary>
    public static string? Find(HubModelName model, string commit, HubCache cache)
    {
        var bundle = cache.BundleFolder(model, commit);
        var snapshot = cache.SnapshotFolder(model, commit);
        return File.Exists(Path.Combine(bundle, ModelBundle.ManifestFile)) ? bundle
            : File.Exists(Path.Combine(snapshot, ModelBundle.ManifestFile)) ? snapshot
            : File.Exists(Path.Combine(snapshot, SpeechBrainRecipe.FileName)) ? MakeSpeaker(model, commit, cache)
            : null;
    }

    /// <summary>Makes a bundle of the SpeechBrain encoder in a snapshot; null if its weights were not fetched.</summary>
    /// <exception cref="ModelFormatException">The recipe or the weights are none that are known.</exception>
    public static string? MakeSpeaker(HubModelName model, string commit, HubCache cache)
    {
        var snapshot = cache.SnapshotFolder(model, commit);
        var recipe = SpeechBrainRecipe.Parse(
            File.ReadAllText(Path.Combine(snapshot, SpeechBrainRecipe.FileName)), $"{model}, {SpeechBrainRecipe.FileName}");
        var weights = Path.Combine(snapshot, recipe.WeightsFile);
        return !File.Exists(weights) ? null : Make(model, commit, cache, folder =>
            SpeakerImporter.Import(recipe, weights, folder, model.Id, Licence(snapshot), $"{model.Id} at {commit}"));
    }

    /// <summary>Makes a bundle of a face network in a snapshot; an earlier one of the same commit is replaced.</summary>
    public static string MakeFace(HubModelName model, string commit, HubCache cache, FaceNetworkImport import)
    {
        var snapshot = cache.SnapshotFolder(model, commit);
        return Make(model, commit, cache, folder =>
            (import with { Folder = folder, Name = model.Id, Licence = import.Licence ?? Licence(snapshot) }).Run());
    }

    /// <summary>The licence that the repository's model card states; null if it has none.</summary>
    public static string? Licence(string snapshot)
    {
        var card = Path.Combine(snapshot, "README.md");
        return File.Exists(card) ? HubModelCard.Licence(File.ReadAllText(card)) : null;
    }

    /// <summary>Beside its place first, so that a process that is killed leaves no half of a bundle.</summary>
    private static string Make(HubModelName model, string commit, HubCache cache, Action<string> write)
    {
        var bundle = cache.BundleFolder(model, commit);
        var temporary = $"{bundle}.{Guid.NewGuid():N}.tmp";
        try
        {
            write(temporary);
            if (Directory.Exists(bundle))
            {
                Directory.Delete(bundle, recursive: true);
            }

            Directory.Move(temporary, bundle);
            return bundle;
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }
}
