using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Testing;

namespace FaceVoice.InteropTests.Examples;

/// <summary>What the README shows of callers in other languages, run as it stands there.</summary>
[Collection(ServerCollection.Name)]
public sealed class ExampleTests(ServerFixture fixture)
{
    [Fact]
    public async Task Node_EnrolMatchSearch_Works()
    {
        if (!Directory.Exists(RepositoryPaths.Of("tools", "node-client", "node_modules", "@grpc", "grpc-js")))
        {
            Assert.Skip("needs @grpc/grpc-js: run tools/foreign-clients");
        }

        await RequireConversationAsync("node", RepositoryPaths.Of("tools", "node-client", "example.mjs"));
    }

    [Fact]
    public async Task Python_EnrolMatchSearch_Works()
    {
        // Debian's own interpreter has Debian's packages, whatever else is first on the path.
        const string debian = "/usr/bin/python3";
        if (!File.Exists(debian) || (await RunAsync(debian, "-c", "import grpc, google.protobuf")).ExitCode != 0)
        {
            Assert.Skip("needs python3-grpcio and python3-protobuf: run tools/foreign-clients");
        }

        await RequireConversationAsync(debian, RepositoryPaths.Of("tools", "python-client", "example.py"));
    }

    [Fact]
    public async Task Shell_MatchAndProbes_Work()
    {
        var tool = RepositoryPaths.Of("tools", "facevoice");
        if (!File.Exists(RepositoryPaths.Of("src", "FaceVoice.Cli", "bin", "Release", "net10.0", "facevoice.dll")))
        {
            Assert.Skip("needs the built command line: run tools/setup");
        }

        var script = $"set -e; '{tool}' match '{RealMedia.Portrait(30)}' '{RealMedia.Recording(20)}' --server {fixture.Address} --api-key-file '{fixture.KeyFile}' --json";
        var (exitCode, output, error) = await RunAsync("bash", "-c", script);
        Assert.True(exitCode == 0, error);
        Assert.InRange(JsonDocument.Parse(output).RootElement.GetProperty("score").GetDouble(), -1, 1);
        Assert.Equal("ready\n", await fixture.Server.GetAsync("/readyz"));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }

    private async Task RequireConversationAsync(string program, string script)
    {
        var (exitCode, output, error) = await RunAsync(program, script, fixture.Address, RealMedia.Portrait(30), RealMedia.Recording(20), fixture.KeyFile);
        Assert.True(exitCode == 0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var match = JsonDocument.Parse(lines[0]).RootElement;
        Assert.InRange(match.GetProperty("probability").GetDouble(), 0, 1);
        Assert.Equal("1.000 anna", lines[1]);
    }
}
