using FaceVoice.Testing;

namespace FaceVoice.FunctionalTests.Readme;

/// <summary>A fenced block of the README or of a page in docs.</summary>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Language">What stands behind the opening fence.</param>
/// <param name="Line">The line of the opening fence, from 1.</param>
/// <param name="Text">What is between the fences.</param>
internal sealed record ReadmeBlock(string Page, string Language, int Line, string Text)
{
    private const string Fence = "```";

    /// <summary>The pages with commands, in the order in which a reader follows them: each may use what those before it made.</summary>
    private static readonly string[] Pages = ["README.md", "docs/command-line.md", "docs/clients.md", "docs/training.md", "docs/serving.md"];

    /// <summary>All blocks of all pages, in order.</summary>
    public static IReadOnlyList<ReadmeBlock> ReadAll() => [.. Pages.SelectMany(Read)];

    private static List<ReadmeBlock> Read(string page)
    {
        var blocks = new List<ReadmeBlock>();
        var (language, opened, text) = ((string?)null, 0, new List<string>());
        foreach (var (number, line) in File.ReadLines(RepositoryPaths.Of(page)).Index())
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
                blocks.Add(new ReadmeBlock(page, language, opened, string.Join('\n', text)));
                language = null;
            }
        }

        Assert.Null(language);
        return blocks;
    }
}
