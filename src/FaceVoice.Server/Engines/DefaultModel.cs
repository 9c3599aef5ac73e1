namespace FaceVoice.Server.Engines;

/// <summary>Where the model is looked for when none is named.</summary>
internal static class DefaultModel
{
    private static readonly string Relative = Path.Combine("models", "starter");

    /// <summary>The starter model above the program or the working folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Find()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var candidate = Path.Combine(folder.FullName, Relative);
                if (File.Exists(Path.Combine(candidate, "manifest.json")))
                {
                    return candidate;
                }
            }
        }

        throw new DirectoryNotFoundException($"No model is named (--model DIR), and there is no {Relative} above the working folder or the program.");
    }
}
