using FaceVoice.Cli.Terminal;
using FaceVoice.Models;

namespace FaceVoice.Cli.Models;

/// <summary>Finds model bundles: a folder that is named (of a bundle, or of the training run that made one), or a name below the places where models lie.</summary>
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
        Find(given) ?? throw new UsageException($"there is no model '{given ?? Default}': neither a folder with {ModelBundle.ManifestFile}, nor a name in {string.Join(" or ", Places())}.");

    /// <summary>The folder of a bundle, or null where there is none.</summary>
    public static string? Find(string? given)
    {
        var wanted = given ?? Default;
        IEnumerable<string> candidates = [wanted, Path.Combine(wanted, "model"), .. Places().Select(place => Path.Combine(place, wanted))];
        return candidates.FirstOrDefault(HasManifest);
    }

    /// <summary>All bundles that can be taken by name, in order of name.</summary>
    public static IReadOnlyList<string> All() =>
    [
        .. Places().Where(Directory.Exists).SelectMany(Directory.GetDirectories).Where(HasManifest)
            .DistinctBy(Path.GetFileName).OrderBy(Path.GetFileName, StringComparer.Ordinal),
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
