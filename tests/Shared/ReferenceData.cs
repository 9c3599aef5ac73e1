using Xunit;

namespace FaceVoice.Testing;

/// <summary>
/// Reference numbers and real recordings that are not part of the repository: the folder <c>shared</c> beside the checkout,
/// or the one that <c>FACEVOICE_REFERENCE_DATA</c> names. A test that needs them is skipped, visibly, where they are absent.
/// </summary>
public static class ReferenceData
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("FACEVOICE_REFERENCE_DATA") ?? Path.GetFullPath(Path.Combine(RepositoryPaths.Root, "..", "shared"));

    /// <summary>The path of a golden file; skips the running test where it does not exist.</summary>
    public static string Golden(params ReadOnlySpan<string> parts) => Require("golden", parts);

    /// <summary>The path of a real recording, photo or clip (file or folder); skips the running test where it does not exist.</summary>
    public static string Media(params ReadOnlySpan<string> parts) => Require("data", parts);

    private static string Require(string area, ReadOnlySpan<string> parts)
    {
        var path = Path.Combine([Folder, area, .. parts]);
        if (!Path.Exists(path))
        {
            Assert.Skip($"needs reference data: {Path.Combine([area, .. parts])}");
        }

        return path;
    }
}
