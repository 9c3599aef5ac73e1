namespace FaceVoice.Testing;

/// <summary>Where things lie in the checkout that the running tests were built from.</summary>
public static class RepositoryPaths
{
    /// <summary>The folder that holds <c>FaceVoice.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Joins parts to a path below <see cref="Root"/>.</summary>
    public static string Of(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceVoice.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No FaceVoice.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
