using System.Diagnostics.CodeAnalysis;
using FaceVoice.Cli.Hub;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models;
using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Models;

/// <summary>
/// Finds model bundles: a folder that is named (of a bundle, or of the training run that made one), a name below the places where models
/// lie, or a repository of a hub that is in this machine's cache.
/// </summary>
internal static class ModelDirectory
{
    /// <summary>The bundle that is taken where none is named.</summary>
    public const string DefaultName = "starter";

    /// <summary>The environment variable that names another default.</summary>
    public const string Variable = "FACEVOICE_MODEL";

    /// <summary>The folder of a bundle.</summary>
    /// <param name="given">A folder of a bundle or of a training run, a name, or null for the default.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Resolve(string? given) =>
        Find(given) ?? throw new UsageException(HubModelName.TryParse(given ?? Default) is { } model
            ? $"there is no model '{model}': neither a folder with {ModelBundle.ManifestFile}, nor in the cache "
                + $"{HubCache.FromEnvironment().Root}. To fetch it: facevoice models pull {model}"
            : $"there is no model '{given ?? Default}': neither a folder with {ModelBundle.ManifestFile}, nor a name in "
                + $"{string.Join(" or ", Places())}.");

    /// <summary>The folder of a bundle, or null where there is none.</summary>
    public static string? Find(string? given)
    {
        var wanted = given ?? Default;
        IEnumerable<string> candidates = [wanted, Path.Combine(wanted, "model"), .. Places().Select(place => Path.Combine(place, wanted))];
        return candidates.FirstOrDefault(HasManifest)
            ?? (HubModelName.TryParse(wanted) is { } model ? HubModels.Find(model, HubCache.FromEnvironment()) : null);
    }

    /// <summary>The bundle's folder if a hub repository is named that is no folder here; any other text as it is.</summary>
    /// <param name="given">A folder, a file or a name.</param>
    /// <exception cref="UsageException">A hub repository is named that is not in the cache.</exception>
    [return: NotNullIfNotNull(nameof(given))]
    public static string? Locate(string? given) =>
        given is null || Path.Exists(given) || HubModelName.TryParse(given) is null ? given : Resolve(given);

    /// <summary>All bundles that can be taken by name, in order of name.</summary>
    public static IReadOnlyList<(string Name, string Folder)> All() =>
    [
        .. Places().Where(Directory.Exists).SelectMany(Directory.GetDirectories).Where(HasManifest)
            .Select(folder => (Name: Path.GetFileName(folder), Folder: folder))
            .Concat(HubCache.FromEnvironment().Bundles())
            .DistinctBy(model => model.Name).OrderBy(model => model.Name, StringComparer.Ordinal),
    ];

    private static string Default => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : DefaultName;

    private static bool HasManifest(string folder) => File.Exists(Path.Combine(folder, ModelBundle.ManifestFile));

    /// <summary>Beside the working folder, beside the program, and in the checkout that the program was built in.</summary>
    private static IEnumerable<string> Places()
    {
        yield return Path.GetFullPath("models");
        yield return Path.Combine(AppContext.BaseDirectory, "models");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory).Parent; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceVoice.sln")))
            {
                yield return Path.Combine(folder.FullName, "models");
                yield break;
            }
        }
    }
}
