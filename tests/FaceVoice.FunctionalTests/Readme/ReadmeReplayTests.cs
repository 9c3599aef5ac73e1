using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FaceVoice.FunctionalTests.Processes;
using FaceVoice.Testing;

namespace FaceVoice.FunctionalTests.Readme;

/// <summary>The README and the pages of docs as a reader would follow them: every command block, in its order, in one shell.</summary>
public sealed class ReadmeReplayTests
{
    /// <summary>What the commands expect to find in the folder where they are run, besides what earlier commands made.</summary>
    private static readonly string[] Checkout = ["tools", "models/starter", "protos", "src", "tests", "datasets", "docs"];

    [Fact(Timeout = 900_000)]
    public async Task Replay_AllCommandBlocks_EndWell()
    {
        var checkpoint = ReferenceData.Golden("ecapa", "embedding_model.ckpt");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("models"));
        foreach (var name in Checkout)
        {
            Directory.CreateSymbolicLink(folder.File(name), RepositoryPaths.Of(name));
        }

        File.CreateSymbolicLink(folder.File("embedding_model.ckpt"), checkpoint);
        var script = folder.File("readme.sh");
        await File.WriteAllTextAsync(script, Script(), TestContext.Current.CancellationToken);
        var result = await ProgramRun.RunAsync("bash", [script], folder.Path, TestContext.Current.CancellationToken);
        result.MustEndWith(0);
        foreach (var line in result.Output.Split('\n').Where(line => line.StartsWith("== ", StringComparison.Ordinal)))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        }

        Assert.Contains("right", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("first.html")), "the evaluation's report");
        Assert.True(new FileInfo(folder.File("june.npy")).Length > 512, "the embedding as an array");
    }

    [Fact]
    public void Code_OfOtherLanguages_IsWhatTheTestsOfTheClientsRun()
    {
        Assert.All(ReadmeBlock.ReadAll().Where(b => b.Language is "csharp"), b => AssertStandsIn(b, "samples", "CSharpClient", "Program.cs"));
        Assert.All(ReadmeBlock.ReadAll().Where(b => b.Language is "python"), b => AssertStandsIn(b, "tools", "python-client", "example.py"));
        Assert.All(ReadmeBlock.ReadAll().Where(b => b.Language is "json"), b => JsonNode.Parse(b.Text));
        Assert.All(ReadmeBlock.ReadAll(), b => Assert.Contains(b.Language, new[] { "sh", "text", "csharp", "python", "json" }));
    }

    [Fact]
    public void Links_WithinTheRepository_LeadSomewhere()
    {
        foreach (var file in Directory.EnumerateFiles(RepositoryPaths.Root, "*.md", SearchOption.TopDirectoryOnly)
            .Concat(new[] { "datasets", "docs", "tools", "models", "tests" }.SelectMany(d => Directory.EnumerateFiles(RepositoryPaths.Of(d), "*.md", SearchOption.AllDirectories)))
            .Where(f => !f.Contains("node_modules", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)))
        {
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), @"\]\((?!https?:|#)([^)#]+)"))
            {
                var target = Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{file}: the link to {link.Groups[1].Value} leads nowhere.");
            }
        }
    }

    /// <summary>
    /// All command blocks as one script. The ports are free ones; the demo writes beside the other files and leaves its training out, as the README
    /// trains on synthetic people itself; and the second of the two commands is the run that this test is a part of.
    /// </summary>
    private static string Script()
    {
        var script = new StringBuilder("set -euo pipefail\nset -m\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
        foreach (var block in ReadmeBlock.ReadAll().Where(b => b.Language == "sh"))
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"echo \"== {block.Page}, line {block.Line}, after $SECONDS s\"").AppendLine(block.Text);
        }

        return script
            .Replace("\ntools/demo ", $"\n'{RepositoryPaths.Of("tools", "demo")}' --out demo-output --epochs 0 ")
            .Replace("\ntools/test ", "\ntest -x tools/test ")
            .Replace("5051", FreePort()).Replace("5050", FreePort())
            .ToString();
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private static void AssertStandsIn(ReadmeBlock block, params string[] file)
    {
        var lines = File.ReadLines(RepositoryPaths.Of(file)).Select(l => l.Trim()).Where(l => l.Length > 0);
        var shown = block.Text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);
        Assert.Contains(string.Join('\n', shown), string.Join('\n', lines), StringComparison.Ordinal);
    }
}
