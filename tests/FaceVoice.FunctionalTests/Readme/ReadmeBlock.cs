using FaceVoice.Testing;

namespace FaceVoice.FunctionalTests.Readme;

/// <summary>A fenced block of the README.</summary>
/// <param name="Language">What stands behind the opening fence.</param>
/// <param name="Line">The line of the opening fence, from 1.</param>
/// <param name="Text">What is between the fences.</param>
internal sealed record ReadmeBlock(string Language, int Line, string Text)
{
    private const string Fence = "```";

    /// <summary>All blocks, in order.</summary>
    public static IReadOnlyList<ReadmeBlock> ReadAll()
    {
        var blocks = new List<ReadmeBlock>();
        var (language, opened, text) = ((string?)null, 0, new List<string>());
        foreach (var (number, line) in File.ReadLines(RepositoryPaths.Of("README.md")).Index())
        {
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                text.Add(line);
            }
            else if (language is null)
            {
                (language, opened, text) = (line[Fence.Length..].Trim(), number + 1, []);
            }
            else
            {
                blocks.Add(new ReadmeBlock(language, opened, string.Join('\n', text)));
                language = null;
            }
        }

        Assert.Null(language);
        return blocks;
    }
}
