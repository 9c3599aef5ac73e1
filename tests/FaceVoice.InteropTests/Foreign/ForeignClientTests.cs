using System.Diagnostics;
using System.Text.Json;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.InteropTests.Foreign;

/// <summary>
/// What callers rely on, by gRPC libraries of other languages: every kind of call, errors with their details, deadlines, cancellation,
/// compression.
/// </summary>
[Collection(ServerCollection.Name)]
public sealed class ForeignClientTests(ServerFixture fixture)
{
    private const int Cases = 14;

    [Fact]
    public async Task Node_GrpcJs_PassesEveryCase()
    {
        if (!Directory.Exists(RepositoryPaths.Of("tools", "node-client", "node_modules", "@grpc", "grpc-js")))
        {
            Assert.Skip("needs @grpc/grpc-js: run tools/foreign-clients");
        }

        await RequireEveryCaseAsync("node", "cases.mjs");
    }

    [Fact]
    public async Task Python_Grpcio_PassesEveryCase()
    {
        // Debian's own interpreter has Debian's packages, whatever else is first on the path.
        const string debian = "/usr/bin/python3";
        if (!File.Exists(debian) || (await RunAsync(debian, ["-c", "import grpc, google.protobuf"])).ExitCode != 0)
        {
            Assert.Skip("needs python3-grpcio and python3-protobuf: run tools/foreign-clients");
        }

        await RequireEveryCaseAsync(debian, "cases.py");
    }

    [Fact]
    public async Task CSharp_Compressed_IsAnswered()
    {
        var request = new EmbedVoiceRequest { Voice = new VoiceAudio { Data = UnsafeByteOperations.UnsafeWrap(DrawnMedia.Voice(50)) }, Spaces = { Space.Speaker } };
        var client = new EmbeddingService.EmbeddingServiceClient(fixture.Invoker);
        var answer = await client.EmbedVoiceAsync(request, new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        Assert.Equal(192, answer.Embeddings[0].Values.Count);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"It did not end; so far: {await output}{await error}");
        }

        return (process.ExitCode, await output, await error);
    }

    private async Task RequireEveryCaseAsync(string program, string script)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("face.jpg"), DrawnMedia.Face(51));
        await File.WriteAllBytesAsync(folder.File("voice.wav"), DrawnMedia.Voice(51));
        await File.WriteAllTextAsync(folder.File("slow.txt"), fixture.TakeSlowKey() + "\n");
        var (exitCode, output, error) = await RunAsync(
            program,
            [
                RepositoryPaths.Of("tests", "FaceVoice.InteropTests", "Foreign", script), fixture.Address, fixture.KeyFile, folder.File("slow.txt"),
                folder.File("face.jpg"), folder.File("voice.wav"),
            ]);
        Assert.True(exitCode == 0, error);
        var results = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.All(results, result => Assert.True(result.GetProperty("error").GetString() is null, $"{result.GetProperty("name")}: {result.GetProperty("error")}"));
        Assert.Equal(Cases, results.Count);
        Assert.DoesNotContain("Incident", fixture.Server.Log, StringComparison.Ordinal);
    }
}
