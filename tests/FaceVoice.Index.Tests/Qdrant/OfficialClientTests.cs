using System.Diagnostics;
using FaceVoice.Testing;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>Qdrant's own JavaScript client against the double: somebody else's reading of the API.</summary>
public sealed class OfficialClientTests
{
    [Fact]
    public async Task Double_DrivenByOfficialClient_AnswersAsExpected()
    {
        var (fetched, problem) = await RunAsync(RepositoryPaths.Of("tools", "qdrant-client", "fetch"));
        Assert.SkipUnless(fetched, $"needs Qdrant's JavaScript client from npm: {problem}");
        await using var server = await QdrantDouble.StartAsync("the key");
        var (passed, output) = await RunAsync(
            "node", RepositoryPaths.Of("tools", "qdrant-client", "drive.mjs"), RepositoryPaths.Of("third_party", "qdrant-client"), server.Address.ToString(), "the key");
        Assert.True(passed, output);
    }

    private static async Task<(bool Passed, string Output)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode == 0, string.Join('\n', await output));
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (false, error.Message);
        }
    }
}
